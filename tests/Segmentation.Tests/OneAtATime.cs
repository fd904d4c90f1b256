// libtorch has one random generator a process: a test that draws from it would disturb the training of another.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
