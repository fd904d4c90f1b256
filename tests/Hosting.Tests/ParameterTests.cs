using System.Text.Json;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace Maskwright.Hosting.Tests;

public sealed class ParameterTests
{
    private static readonly CancellationToken Cancellation = TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_generated_secret_is_kept_for_its_owner_only_and_found_again()
    {
        await using var application = new SampleApplication();
        var file = Path.Combine(application.Folder, "secrets.json");
        await File.WriteAllTextAsync(file, """{ /* mine */ "Other:Key": "kept", }""", Cancellation);
        var first = await Secret(application.Builder).Resource.GetValueAsync(Cancellation);
        var second = await Secret(Again(application)).Resource.GetValueAsync(Cancellation);

        first.ShouldNotBeNull().Length.ShouldBe(32);
        second.ShouldBe(first);
        using var json = JsonDocument.Parse(await File.ReadAllTextAsync(file, Cancellation));
        json.RootElement.GetProperty("Parameters:storage-secret-key").GetString().ShouldBe(first);
        json.RootElement.GetProperty("Other:Key").GetString().ShouldBe("kept");
        if (!OperatingSystem.IsWindows())
            File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public async Task A_generated_value_that_is_not_kept_is_another_one_each_time()
    {
        await using var application = new SampleApplication();
        var first = application.Builder.AddParameter("a", new GenerateParameterDefault());
        var second = application.Builder.AddParameter("b", new GenerateParameterDefault());

        (await first.Resource.GetValueAsync(Cancellation)).ShouldNotBe(await second.Resource.GetValueAsync(Cancellation));
        File.Exists(Path.Combine(application.Folder, "secrets.json")).ShouldBeFalse();
    }

    [Fact]
    public async Task A_configured_value_goes_before_a_generated_one()
    {
        await using var application = new SampleApplication(["--Parameters:storage-secret-key=mine"]);
        (await Secret(application.Builder).Resource.GetValueAsync(Cancellation)).ShouldBe("mine");
        File.Exists(Path.Combine(application.Folder, "secrets.json")).ShouldBeFalse();
    }

    [Fact]
    public async Task A_secret_is_masked_wherever_a_process_writes_it()
    {
        await using var application = new SampleApplication();
        var secret = Secret(application.Builder);
        application.AddShell("leak", "echo the key is $KEY; echo $KEY >&2; exit 1").WithEnvironment("KEY", secret);
        (await application.RunAsync()).ShouldBe(1);

        application.Output.All.ShouldContain("[leak] the key is ****");
        application.Output.Text.ShouldNotContain((await secret.Resource.GetValueAsync(Cancellation))!);
    }

    [Fact]
    public async Task A_parameter_without_a_value_says_how_to_set_it()
    {
        await using var application = new SampleApplication();
        application.Builder.AddParameter("api-key", secret: true);
        (await application.RunAsync()).ShouldBe(1);

        application.Output.Text.ShouldContain("error: Parameter 'api-key' has no value. Set it with the environment variable Parameters__api_key or the argument --Parameters:api-key=VALUE.");
    }

    [Fact]
    public async Task A_damaged_secrets_file_is_named_and_left_as_it_is()
    {
        await using var application = new SampleApplication();
        var file = Path.Combine(application.Folder, "secrets.json");
        await File.WriteAllTextAsync(file, "{ not json", Cancellation);

        Should.Throw<DistributedApplicationException>(() => Again(application)).Message.ShouldStartWith($"{file} is not a JSON object");
        (await File.ReadAllTextAsync(file, Cancellation)).ShouldBe("{ not json");
    }

    [Fact]
    public void A_generated_value_keeps_to_its_kinds_and_minimums()
    {
        for (var i = 0; i < 100; i++)
        {
            var value = new GenerateParameterDefault { MinLength = 12, Special = false, MinNumeric = 5, MinUpper = 5, Lower = false }.GetDefaultValue();
            value.Length.ShouldBe(12);
            value.Count(char.IsAsciiDigit).ShouldBeGreaterThanOrEqualTo(5);
            value.Count(char.IsAsciiLetterUpper).ShouldBeGreaterThanOrEqualTo(5);
            value.ShouldAllBe(character => char.IsAsciiDigit(character) || char.IsAsciiLetterUpper(character));
        }

        Should.Throw<DistributedApplicationException>(() => new GenerateParameterDefault { Special = false, MinSpecial = 1 }.GetDefaultValue());
    }

    private static IResourceBuilder<ParameterResource> Secret(IDistributedApplicationBuilder builder) =>
        builder.AddParameter("storage-secret-key", new GenerateParameterDefault { MinLength = 32, Special = false }, secret: true, persist: true);

    private static DistributedApplicationBuilder Again(SampleApplication application) => new(
        [], new AppHostAssembly("Sample", application.Folder, new Dictionary<string, string>(), Path.Combine(application.Folder, "secrets.json")), new EngineOptions { Output = application.Output });
}
