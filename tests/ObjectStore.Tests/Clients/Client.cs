using System.Diagnostics;

namespace Maskwright.ObjectStore.Tests.Clients;

/// <summary>A program of the distribution that speaks S3.</summary>
internal static class Client
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(2);

    /// <summary>Skips the test where the program is missing.</summary>
    /// <param name="program">Its path, as the distribution's package has it: another of the same name may be first in the search path.</param>
    /// <param name="package">The package.</param>
    internal static void Require(string program, string package) =>
        Assert.SkipUnless(File.Exists(program), $"{program} is not there (Debian: {package}).");

    /// <summary>Runs a program.</summary>
    /// <returns>What it wrote to its output; where it failed, what it wrote to its errors as well.</returns>
    internal static async Task<(int ExitCode, string Output)> TryRunAsync(string program, IReadOnlyDictionary<string, string> environment, string? input, params string[] arguments)
    {
        var start = new ProcessStartInfo(program) { UseShellExecute = false, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        // Neither the user's settings nor a proxy.
        foreach (var name in start.Environment.Keys.Where(k => k.StartsWith("AWS_", StringComparison.Ordinal) || k.EndsWith("_proxy", StringComparison.OrdinalIgnoreCase)).ToList())
            start.Environment.Remove(name);
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(Deadline);
        using var process = Process.Start(start)!;
        await using var kill = deadline.Token.Register(() => process.Kill(entireProcessTree: true));
        var output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        var errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
        if (input is not null)
            await process.StandardInput.WriteAsync(input.AsMemory(), deadline.Token);
        process.StandardInput.Close();
        await process.WaitForExitAsync(CancellationToken.None);
        return (process.ExitCode, process.ExitCode == 0 ? await output : await output + await errors);
    }

    /// <summary>Runs a program that has to succeed.</summary>
    internal static async Task<string> RunAsync(string program, IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        var (exitCode, output) = await TryRunAsync(program, environment, input: null, arguments);
        exitCode.ShouldBe(0, $"{program} {string.Join(' ', arguments)}: {output}");
        return output;
    }
}
