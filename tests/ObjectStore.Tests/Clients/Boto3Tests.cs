using Maskwright.Testing;

namespace Maskwright.ObjectStore.Tests.Clients;

/// <summary>Amazon's library for Python.</summary>
public sealed class Boto3Tests(StoreServer server) : IClassFixture<StoreServer>
{
    private const string Program = "/usr/bin/python3";

    [Fact]
    public async Task Everything_it_asks_for_is_answered_as_by_s3()
    {
        Client.Require("/usr/lib/python3/dist-packages/boto3/__init__.py", "python3-boto3");
        var output = await Client.RunAsync(
            Program,
            new Dictionary<string, string> { ["PYTHONWARNINGS"] = "ignore", ["AWS_EC2_METADATA_DISABLED"] = "true" },
            Path.Combine(AppContext.BaseDirectory, "Clients", "boto3_probe.py"),
            server.Endpoint.GetLeftPart(UriPartial.Authority),
            StoreServer.AccessKey,
            StoreServer.SecretKey);
        output.ShouldEndWith("all as expected\n");
    }
}
