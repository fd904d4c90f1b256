namespace Maskwright.ServiceDefaults.Tests;

/// <summary>How long a test waits for what must come, before it says that it did not.</summary>
internal static class Patience
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    public static Task<T> OrFailAsync<T>(this Task<T> task) => task.WaitAsync(Limit, TestContext.Current.CancellationToken);

    public static Task OrFailAsync(this Task task) => task.WaitAsync(Limit, TestContext.Current.CancellationToken);
}
