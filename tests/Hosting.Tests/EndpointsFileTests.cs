using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace Maskwright.Hosting.Tests;

public sealed class EndpointsFileTests
{
    [Fact]
    public async Task A_running_application_tells_its_endpoints_and_takes_the_file_away_at_the_end()
    {
        var folder = Directory.CreateTempSubdirectory("endpoints-").FullName;
        var file = Path.Combine(folder, "data", "endpoints.json");
        try
        {
            await using var application = new SampleApplication([$"Embedded:EndpointsFile={file}"]);
            var service = application.AddShell("service", "exec sleep 600").WithHttpEndpoint(name: "grpc").WithHttpEndpoint(name: "http");
            application.AddShell("tool", "exec sleep 600");
            var key = application.Builder.AddParameter("key", "s3cret+/=", secret: true);
            application.Builder.AddConnectionString("store", ReferenceExpression.Create($"Endpoint={service.GetEndpoint("http")};SecretKey={key}"));
            application.Start();
            await application.Output.WaitForAsync(line => line.StartsWith("All 2", StringComparison.Ordinal));

            (await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken)).ShouldBe($$"""
                {
                  "service": {
                    "grpc": "{{service.GetEndpoint("grpc").Url}}",
                    "http": "{{service.GetEndpoint("http").Url}}"
                  },
                  "store": {
                    "connectionString": "Endpoint={{service.GetEndpoint("http").Url}};SecretKey=s3cret+/="
                  }
                }
                """);
            application.Output.Text.ShouldNotContain("s3cret");
            if (!OperatingSystem.IsWindows())
                File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);

            await using var second = new SampleApplication([$"Embedded:EndpointsFile={file}"]);
            second.AddShell("service", "echo second is here");
            (await second.RunAsync()).ShouldBe(1);
            second.Output.Text.ShouldContain($"error: Another AppHost is running on the data directory {folder}/data. Stop it, or start this one on a data directory of its own.");
            second.Output.Text.ShouldNotContain("is here");
            File.Exists(file).ShouldBeTrue();

            await application.StopAsync();
            File.Exists(file).ShouldBeFalse();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
