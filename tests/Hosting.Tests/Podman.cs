using System.Diagnostics;

namespace Maskwright.Testing;

/// <summary>Podman of the distribution, set up so that it also runs inside of a container, and images made on the spot; they go with it.</summary>
public sealed class Podman : IAsyncDisposable
{
    private static readonly string[] Programs = ["podman", "runc", "busybox"];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("podman-");
    private readonly List<string> _images = [];

    /// <param name="volumes">Folders of this machine that every container sees, read-only and at the same path.</param>
    /// <exception cref="InvalidOperationException">It is not there; see <see cref="Missing"/>.</exception>
    public Podman(params string[] volumes)
    {
        if (OperatingSystem.IsWindows() || Missing is not null)
            throw new InvalidOperationException(Missing);
        Client = Path.Combine(_folder.FullName, "podman");
        var settings = Path.Combine(_folder.FullName, "containers.conf");
        // Limits cannot be raised inside of a container.
        File.WriteAllText(settings, $"""
            [containers]
            default_ulimits = ["nofile=1024:1024", "nproc=1000:1000"]
            volumes = [{string.Join(", ", volumes.Select(volume => $"\"{volume}:{volume}:ro\""))}]
            [engine]
            runtime = "runc"

            """);
        File.WriteAllText(Client, $"#!/bin/sh\nCONTAINERS_CONF={settings} exec {Find("podman")} \"$@\"\n");
        File.SetUnixFileMode(Client, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <summary>What the distribution would have to install, or null when all of it is there.</summary>
    public static string? Missing => OperatingSystem.IsWindows()
        ? "Podman's client is a script here, which Windows does not run."
        : Programs.Where(program => Find(program) is null).ToList() is { Count: > 0 } missing
            ? $"Podman is not installed: {string.Join(", ", missing)} not found (Debian: podman, runc, busybox-static, netavark, iptables)."
            : null;

    /// <summary>Path of the client, a program named <c>podman</c>.</summary>
    public string Client { get; }

    /// <summary>Makes an image that holds busybox and what is added.</summary>
    /// <param name="applets">What busybox is called by in <c>/bin</c>.</param>
    /// <param name="script">What is run, with the arguments it is given; null when the arguments say.</param>
    /// <returns>Its name without the tag, which is <c>1</c>.</returns>
    public async Task<string> ImageAsync(string[] applets, string? script = null)
    {
        var image = $"localhost/maskwright-tests-{Guid.NewGuid():n}";
        var root = Path.Combine(_folder.FullName, "root");
        var programs = Directory.CreateDirectory(Path.Combine(root, "bin")).FullName;
        Directory.CreateDirectory(Path.Combine(root, "tmp"));
        // Where the programs of this machine look for their libraries, when its folders are seen.
        foreach (var link in new[] { "lib", "lib64" })
            File.CreateSymbolicLink(Path.Combine(root, link), $"usr/{link}");
        File.Copy(Find("busybox")!, Path.Combine(programs, "busybox"));
        foreach (var applet in applets)
            File.CreateSymbolicLink(Path.Combine(programs, applet), "busybox");
        string[] changes = [];
        if (script is not null)
        {
            await File.WriteAllTextAsync(Path.Combine(programs, "start"), $"#!/bin/sh\n{script}\n", TestContext.Current.CancellationToken);
            changes = ["--change", """ENTRYPOINT ["/bin/sh", "/bin/start"]"""];
        }

        var tar = Path.Combine(_folder.FullName, "root.tar");
        await RunAsync("tar", "-C", root, "-cf", tar, ".");
        await RunAsync(["import", .. changes, tar, $"{image}:1"]);
        Directory.Delete(root, recursive: true);
        _images.Add($"{image}:1");
        return image;
    }

    /// <summary>Runs the client.</summary>
    /// <returns>What it wrote to its standard output.</returns>
    public Task<string> RunAsync(string[] arguments) => RunAsync(Client, arguments);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var image in _images)
            await RunAsync(["rmi", "--force", image]);
        _folder.Delete(recursive: true);
    }

    private static string? Find(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Select(folder => Path.Combine(folder, program))
        .FirstOrDefault(File.Exists);

    private static async Task<string> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false })!;
        var error = process.StandardError.ReadToEndAsync(CancellationToken.None);
        var output = await process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        await process.WaitForExitAsync(CancellationToken.None);
        var said = await error;
        process.ExitCode.ShouldBe(0, $"{program} {string.Join(' ', arguments)}: {said}");
        return output;
    }
}
