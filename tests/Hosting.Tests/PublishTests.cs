using System.Diagnostics;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using k8s;
using k8s.Models;

namespace Maskwright.Hosting.Tests;

/// <summary>What is published is read by the real parsers: docker-compose's, and the strict typed one of KubernetesClient.</summary>
public sealed class PublishTests
{
    [Fact]
    public async Task A_compose_file_is_what_docker_compose_reads_it_to_be()
    {
        Assert.SkipUnless(Programs.Find("docker-compose") is not null, "docker-compose is not installed");
        await using var application = Application("compose", "Gpus:trainer=2");
        (await application.RunAsync()).ShouldBe(0, application.Output.Text);

        var config = await ComposeConfigAsync(application);
        var secret = EnvironmentFile(application)["STORE_KEY"];
        config.ShouldContain($"SECRET: Endpoint=http://store:8080;Key={secret};Price=$$5");
        config.ShouldContain("LEVEL: '9'");
        config.ShouldContain("ASPNETCORE_URLS: http://*:8080");
        config.ShouldContain("services__store__http__0: http://store:8080");
        config.ShouldContain("STORE_DATA: /data/objects");
        config.ShouldContain("condition: service_healthy");
        config.ShouldContain("count: 2");
        config.ShouldContain("cache-data:/var/cache:ro");
        config.ShouldContain("127.0.0.1:8080:8080");
        config.ShouldContain($"context: {application.Folder}");
    }

    [Fact]
    public async Task Kubernetes_manifests_pass_the_strict_typed_loader()
    {
        await using var application = Application("kubernetes", "Gpus:trainer=1", "Properties:trainer=TorchBackend=cuda");
        (await application.RunAsync()).ShouldBe(0, application.Output.Text);

        var trainer = Load(application, "trainer.yaml");
        var deployment = trainer.OfType<V1Deployment>().Single();
        var container = deployment.Spec.Template.Spec.Containers.Single();
        container.Resources.Limits["nvidia.com/gpu"].ToString().ShouldBe("1");
        container.Image.ShouldBe("registry.example.com/team/trainer:0.0.0");
        container.ReadinessProbe.HttpGet.Path.ShouldBe("/health");
        container.ReadinessProbe.HttpGet.Port.Value.ShouldBe("http");
        container.StartupProbe.ShouldNotBeNull();
        container.LivenessProbe.TcpSocket.ShouldNotBeNull();
        container.Env.First(variable => variable.Name == "PARAMETER_STORE_KEY").ValueFrom.SecretKeyRef.Key.ShouldBe("store-key");
        container.Env.First(variable => variable.Name == "SECRET").Value.ShouldBe("Endpoint=http://store:8080;Key=$(PARAMETER_STORE_KEY);Price=$5");
        container.Env.Select(variable => variable.Name).ToList().ShouldSatisfyAllConditions(
            names => names.IndexOf("PARAMETER_STORE_KEY").ShouldBeLessThan(names.IndexOf("SECRET"), "a variable can refer only to those before it"));
        deployment.Spec.Template.Spec.SecurityContext.RunAsNonRoot.ShouldBe(true);
        deployment.Spec.Selector.MatchLabels.ShouldBe(deployment.Spec.Template.Metadata.Labels);

        var store = Load(application, "store.yaml");
        var claim = store.OfType<V1PersistentVolumeClaim>().Single();
        store.OfType<V1Deployment>().Single().Spec.Template.Spec.Volumes.Single().PersistentVolumeClaim.ClaimName.ShouldBe(claim.Metadata.Name);
        store.OfType<V1Deployment>().Single().Spec.Strategy.Type.ShouldBe("Recreate");
        store.OfType<V1Service>().Single().Spec.Ports.Single().Port.ShouldBe(8080);
        Load(application, "secret.yaml").OfType<V1Secret>().Single().StringData["store-key"].Length.ShouldBe(32);
        (await ReadAsync(application, "trainer.Dockerfile")).ShouldContain("RUN dotnet publish Sample/Sample.csproj -c Release -o /app -p:TorchBackend=cuda\n");
        (await ReadAsync(application, "store.Dockerfile")).ShouldContain("mkdir -p /data && chown $APP_UID /data");
    }

    [Theory]
    [InlineData("compose", ".env")]
    [InlineData("kubernetes", "secret.yaml")]
    public async Task Keys_are_the_deployments_own_kept_private_and_kept_when_published_again(string target, string file)
    {
        await using var application = Application(target);
        (await application.RunAsync()).ShouldBe(0, application.Output.Text);
        var first = await ReadAsync(application, file);
        (await application.RunAsync()).ShouldBe(0);

        (await ReadAsync(application, file)).ShouldBe(first);
        (await ReadAsync(application, ".gitignore")).ShouldBe($"{file}\n");
        if (!OperatingSystem.IsWindows())
            File.GetUnixFileMode(Path.Combine(Output(application), file)).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var secret = target == "compose" ? EnvironmentFile(application)["STORE_KEY"] : Load(application, file).OfType<V1Secret>().Single().StringData["store-key"];
        secret.Length.ShouldBe(32);
        foreach (var other in Directory.EnumerateFiles(Output(application)).Where(path => Path.GetFileName(path) != file))
            (await File.ReadAllTextAsync(other, TestContext.Current.CancellationToken)).ShouldNotContain(secret);
        application.Output.Text.ShouldNotContain(secret);
        application.Output.Text.ShouldNotContain("of-this-machine");
        first.ShouldNotContain("of-this-machine");
        application.Output.Text.ShouldContain("Fill in token in ");
    }

    [Fact]
    public async Task A_program_of_this_machine_and_an_unknown_target_are_refused()
    {
        await using var application = new SampleApplication(["Embedded:Publish:Target=compose", "Embedded:Publish:Output=out"]);
        application.AddShell("tool", "true");
        (await application.RunAsync()).ShouldBe(1);
        application.Output.Text.ShouldContain("Resource 'tool' is a program of this machine and cannot be published.");

        await using var other = new SampleApplication(["Embedded:Publish:Target=helm", "Embedded:Publish:Output=out"]);
        (await other.RunAsync()).ShouldBe(1);
        other.Output.Text.ShouldContain("error: 'helm' cannot be published: say compose or kubernetes.");
    }

    private static SampleApplication Application(string target, params string[] settings)
    {
        var application = new SampleApplication([$"Embedded:Publish:Target={target}", "Embedded:Publish:ImagePrefix=registry.example.com/team", "Parameters:token=of-this-machine", .. settings.Select(setting => $"Embedded:Publish:{setting}")]);
        application.Builder.Configuration["Embedded:Publish:Output"] = Output(application);
        application.Builder.Configuration["Embedded:Publish:DataDirectory"] = Path.Combine(application.Folder, "data");
        File.WriteAllText(Path.Combine(application.Folder, "Sample.sln"), "");
        var key = application.Builder.AddParameter("store-key", new GenerateParameterDefault { MinLength = 32, Special = false }, secret: true, persist: true);
        var token = application.Builder.AddParameter("token", secret: true);
        var level = application.Builder.AddParameter("level", "9");
        var store = application.Builder.AddProject("store", "Sample/Sample.csproj").WithHttpEndpoint().WithHttpHealthCheck("/health")
            .WithEnvironment("STORE_DATA", Path.Combine(application.Folder, "data", "objects")).WithEnvironment("STORE_KEY", key);
        application.Builder.AddContainer("cache", "docker.io/library/redis", "7").WithVolume(null, "/var/cache", isReadOnly: true).WithEndpoint(targetPort: 6379, name: "tcp");
        application.Builder.AddProject("trainer", "Sample/Sample.csproj").WithHttpEndpoint().WithHttpHealthCheck("/health")
            .WithReference(store).WaitFor(store)
            .WithEnvironment("LEVEL", level).WithEnvironment("TOKEN", token)
            .WithEnvironment("SECRET", ReferenceExpression.Create($"Endpoint={store.GetEndpoint("http")};Key={key};Price=$5"));
        return application;
    }

    private static string Output(SampleApplication application) => Path.Combine(application.Folder, "published");

    private static Task<string> ReadAsync(SampleApplication application, string file) => File.ReadAllTextAsync(Path.Combine(Output(application), file), TestContext.Current.CancellationToken);

    private static Dictionary<string, string> EnvironmentFile(SampleApplication application) => File.ReadAllLines(Path.Combine(Output(application), ".env"))
        .Select(line => line.Split('=', 2)).Where(pair => pair.Length == 2).ToDictionary(pair => pair[0], pair => pair[1].Trim('\''));

    private static List<object> Load(SampleApplication application, string file) => KubernetesYaml.LoadAllFromString(File.ReadAllText(Path.Combine(Output(application), file)), strict: true);

    private static async Task<string> ComposeConfigAsync(SampleApplication application)
    {
        // A person fills in what is left empty.
        var file = Path.Combine(Output(application), ".env");
        await File.WriteAllTextAsync(file, (await File.ReadAllTextAsync(file)).Replace("TOKEN=''", "TOKEN='filled-in'", StringComparison.Ordinal));
        using var compose = Process.Start(new ProcessStartInfo("docker-compose", ["config"])
        {
            WorkingDirectory = Output(application),
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        })!;
        var error = compose.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await compose.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await compose.WaitForExitAsync(TestContext.Current.CancellationToken);
        compose.ExitCode.ShouldBe(0, await error);
        (await error).ShouldBeEmpty();
        return output;
    }
}
