namespace Maskwright.Cli.Tests;

public sealed class ServiceLocatorTests : IDisposable
{
    private readonly string _data = Directory.CreateTempSubdirectory("maskwright-data-").FullName;
    private readonly Dictionary<string, string> _environment = [];

    public ServiceLocatorTests() => _environment["MASKWRIGHT_DATA"] = _data;

    public void Dispose() => Directory.Delete(_data, recursive: true);

    [Fact]
    public void An_endpoint_of_that_name_comes_first_then_any_endpoint_then_the_environment_then_the_file()
    {
        File.WriteAllText(Path.Combine(_data, "endpoints.json"), """{"trainer":{"grpc":"http://127.0.0.1:4","http":"http://127.0.0.1:5"}}""");
        Locator().Find("trainer").Port.ShouldBe(4);
        _environment["services__trainer__grpc__0"] = "http://127.0.0.1:3";
        Locator().Find("trainer").Port.ShouldBe(3);
        Locator("http://127.0.0.1:2").Find("trainer").Port.ShouldBe(2);
        Locator("http://127.0.0.1:2", "trainer=http://127.0.0.1:1").Find("trainer").Port.ShouldBe(1);
        Locator("metrics=http://127.0.0.1:1").Find("trainer").Port.ShouldBe(3);
    }

    [Fact]
    public void Nothing_found_says_how_to_start_the_services()
    {
        var error = Should.Throw<ServiceUnreachableException>(() => Locator().Find("evaluator"));
        error.Message.ShouldContain("evaluator");
        error.Message.ShouldContain("dotnet run --project AppHost");
        error.Message.ShouldContain(Path.Combine(_data, "endpoints.json"));
    }

    [Fact]
    public void A_file_that_is_not_JSON_is_named()
    {
        File.WriteAllText(Path.Combine(_data, "endpoints.json"), "{");
        Should.Throw<ServiceUnreachableException>(() => Locator().Find("trainer")).Message.ShouldContain("endpoints.json");
    }

    private ServiceLocator Locator(params string[] endpoints) => new(
        Terminal.Plain(TextWriter.Null, TextWriter.Null, name => _environment.GetValueOrDefault(name), _data), endpoints);
}
