using Maskwright.HostedSample;

// What the tests of the engine start: a service, or an AppHost of its own that can be killed.
switch (args)
{
    case ["serve", ..]:
        await SampleService.RunAsync();
        return 0;
    case ["environment", ..]:
        foreach (var name in Environment.GetEnvironmentVariables().Keys.Cast<string>().Order(StringComparer.Ordinal))
            Console.WriteLine($"{name}={Environment.GetEnvironmentVariable(name)}");
        return 0;
    case ["host", var script]:
        await SampleHost.RunAsync(script);
        return Environment.ExitCode;
    case ["container", var name, var image, var engine]:
        await SampleHost.RunContainerAsync(name, image, engine);
        return Environment.ExitCode;
    default:
        await Console.Error.WriteLineAsync("usage: serve | environment | host SCRIPT | container NAME IMAGE ENGINE");
        return 2;
}
