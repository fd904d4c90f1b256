using Google.Protobuf.WellKnownTypes;
using Maskwright.Work.V1;

namespace Maskwright.Work.V1
{
    /// <summary>What datasets, training runs and evaluations have in common: a name, a life, progress and an error.</summary>
    public interface IWorkResource
    {
        /// <summary>Resource name, <c>collection/id</c>.</summary>
        string Name { get; set; }

        /// <summary>Where it stands in its life.</summary>
        State State { get; set; }

        /// <summary>How far the running work is; null when none is running.</summary>
        Progress? Progress { get; set; }

        /// <summary>Why it failed; null otherwise.</summary>
        Google.Rpc.Status? Error { get; set; }

        /// <summary>When it was created.</summary>
        Timestamp CreateTime { get; set; }

        /// <summary>When its work began; null before.</summary>
        Timestamp? StartTime { get; set; }

        /// <summary>When it ended; null before.</summary>
        Timestamp? EndTime { get; set; }

        /// <summary>Version of the program that did the work.</summary>
        string ProgramVersion { get; set; }
    }
}

namespace Maskwright.Dataset.V1
{
    public partial class Dataset : IWorkResource;
}

namespace Maskwright.Training.V1
{
    public partial class TrainingRun : IWorkResource;
}

namespace Maskwright.Evaluation.V1
{
    public partial class Evaluation : IWorkResource;
}
