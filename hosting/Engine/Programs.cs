namespace Maskwright.Hosting;

/// <summary>Finds programs as a shell would.</summary>
internal static class Programs
{
    /// <summary>Path of a program given by its path or by its name in <c>PATH</c>; null when there is none.</summary>
    public static string? Find(string command)
    {
        if (command.Contains('/', StringComparison.Ordinal) || Path.IsPathRooted(command))
            return File.Exists(command) ? Path.GetFullPath(command) : null;
        string[] names = OperatingSystem.IsWindows() ? [command, command + ".exe"] : [command];
        return (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .SelectMany(folder => names.Select(name => Path.Combine(folder, name)))
            .FirstOrDefault(File.Exists);
    }
}
