namespace Maskwright.Training.V1
{
    public partial class TrainingRun
    {
        /// <summary>How long it worked, the times before it was resumed too; null until it has ended, or where it never began.</summary>
        public TimeSpan? Took => EndTime is null ? null
            : StartTime is null ? EarlierTime?.ToTimeSpan()
            : EndTime.ToDateTimeOffset() - StartTime.ToDateTimeOffset() + (EarlierTime?.ToTimeSpan() ?? TimeSpan.Zero);
    }
}

namespace Maskwright.Metrics.V1
{
    public partial class Run
    {
        /// <summary>How long it ran, from its registration on, without the time it stood ended in between; null until it has ended.</summary>
        public TimeSpan? Took => EndTime is null ? null
            : EndTime.ToDateTimeOffset() - CreateTime.ToDateTimeOffset() - (IdleTime?.ToTimeSpan() ?? TimeSpan.Zero);
    }
}
