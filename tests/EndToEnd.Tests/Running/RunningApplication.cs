[assembly: AssemblyFixture(typeof(Maskwright.EndToEnd.Tests.RunningApplication))]

namespace Maskwright.EndToEnd.Tests;

/// <summary>The application that all tests share.</summary>
public sealed class RunningApplication : IAsyncLifetime
{
    private Application? _application;

    public Application Application => _application ?? throw new InvalidOperationException("The application has not been started.");

    public async ValueTask InitializeAsync() => _application = await Application.StartAsync();

    public async ValueTask DisposeAsync()
    {
        if (_application is not null)
            await _application.DisposeAsync();
    }
}
