namespace Maskwright.Segmentation;

/// <summary>The environment of a process that trains, which whoever starts it must set: libc reads it before any of our code runs.</summary>
public static class ComputeProcess
{
    /// <summary>The variable of libc's settings.</summary>
    public const string Variable = "GLIBC_TUNABLES";

    /// <summary>
    /// Memory for tensors from one heap in huge pages, kept instead of given back after each step: a step takes and returns
    /// hundreds of megabytes, and fresh pages cost more than the smaller operators. Other systems' libc ignores it.
    /// </summary>
    public const string Value =
        "glibc.malloc.hugetlb=1:glibc.malloc.arena_max=1:glibc.malloc.mmap_threshold=33554432"
        + ":glibc.malloc.trim_threshold=17179869184:glibc.malloc.top_pad=67108864";

    /// <summary>Adds the settings to the environment of a process that is to be started, unless the user has set their own.</summary>
    /// <param name="environment">Variables by name.</param>
    public static void Prepare(IDictionary<string, string?> environment)
    {
        ArgumentNullException.ThrowIfNull(environment);
        if (!environment.TryGetValue(Variable, out var present) || string.IsNullOrEmpty(present))
        {
            environment[Variable] = Value;
        }
    }
}
