using Xunit.Sdk;
using Xunit.v3;

// libtorch has one random generator a process: a test that draws from it would disturb the training of another.
[assembly: Parallelization(Mode = ParallelMode.None)]
