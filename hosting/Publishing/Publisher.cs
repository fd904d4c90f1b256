using System.Text;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Maskwright.Hosting;

/// <summary>Writes the application as files for another engine, instead of running it.</summary>
internal sealed class Publisher(IReadOnlyList<IResource> resources, AppHostAssembly appHost, EngineSettings engine, PublishSettings settings, ConsoleOutput console)
{
    private const string EnvironmentFile = ".env";
    private const string SecretFile = "secret.yaml";

    /// <returns>Exit code: 0, or 1 when something could not be published.</returns>
    public async Task<int> WriteAsync(CancellationToken cancellationToken)
    {
        try
        {
            var model = new ModelReader(resources, appHost, engine, settings).Read();
            Directory.CreateDirectory(settings.OutputDirectory);
            var root = SourceTree();
            foreach (var service in model.Services.Where(service => service.Project is not null))
            {
                Write($"{service.Name}.Dockerfile", Dockerfile.For(service, root));
                Write($"{service.Name}.Dockerfile.dockerignore", Dockerfile.Ignored);
            }

            if (settings.Target == "compose")
                await WriteComposeAsync(model, root, cancellationToken);
            else
                await WriteKubernetesAsync(model, root, cancellationToken);
            return 0;
        }
        catch (DistributedApplicationException failure)
        {
            console.Complain(failure.Message);
            return 1;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or YamlException)
        {
            console.Complain($"Nothing could be published in {settings.OutputDirectory}: {failure.Message}");
            return 1;
        }
    }

    private async Task WriteComposeAsync(PublishedModel model, string root, CancellationToken cancellationToken)
    {
        var kept = File.Exists(PathOf(EnvironmentFile))
            ? (await File.ReadAllLinesAsync(PathOf(EnvironmentFile), cancellationToken)).Select(line => line.Split('=', 2)).Where(pair => pair.Length == 2).ToDictionary(pair => pair[0], pair => pair[1].Trim('\''), StringComparer.Ordinal)
            : [];
        var secrets = new DeploymentSecrets(kept);
        var lines = new StringBuilder("# Values of this deployment, keys among them: not for version control (.gitignore leaves the file out).\n");
        foreach (var parameter in model.Parameters)
            lines.Append(ComposeFile.VariableOf(parameter)).Append("='").Append(await secrets.ValueOfAsync(parameter, ComposeFile.VariableOf(parameter), cancellationToken)).Append("'\n");
        var context = Path.GetRelativePath(settings.OutputDirectory, root).Replace('\\', '/');
        Write("docker-compose.yaml", ComposeFile.Write(model, context, service => Path.GetRelativePath(root, PathOf($"{service.Name}.Dockerfile")).Replace('\\', '/')));
        WritePrivate(EnvironmentFile, lines.ToString());
        Tell(secrets, EnvironmentFile, $"docker compose --project-directory {settings.OutputDirectory} up --build");
    }

    private async Task WriteKubernetesAsync(PublishedModel model, string root, CancellationToken cancellationToken)
    {
        var secrets = new DeploymentSecrets(KeptSecret());
        Dictionary<string, string> values = [];
        foreach (var parameter in model.Parameters)
            values[KubernetesManifests.KeyOf(parameter)] = await secrets.ValueOfAsync(parameter, KubernetesManifests.KeyOf(parameter), cancellationToken);
        foreach (var service in model.Services)
            Write($"{service.Name}.yaml", KubernetesManifests.Service(service));
        Write("kustomization.yaml", KubernetesManifests.Kustomization([SecretFile, .. model.Services.Select(service => $"{service.Name}.yaml")]));
        WritePrivate(SecretFile, $"# Keys of this deployment: not for version control (.gitignore leaves the file out).\n{KubernetesManifests.Secret(values)}");
        foreach (var service in model.Services.Where(service => service.Project is not null))
            console.Say($"Build and push: docker build -f {PathOf($"{service.Name}.Dockerfile")} -t {service.Image} {root} && docker push {service.Image}");
        Tell(secrets, SecretFile, $"kubectl apply -k {settings.OutputDirectory}");
    }

    private Dictionary<string, string> KeptSecret()
    {
        if (!File.Exists(PathOf(SecretFile)))
            return [];
        using var reader = new StreamReader(PathOf(SecretFile));
        var yaml = new YamlStream();
        yaml.Load(reader);
        return yaml.Documents[0].RootNode is YamlMappingNode map && map.Children.TryGetValue("stringData", out var data) && data is YamlMappingNode values
            ? values.Children.ToDictionary(pair => pair.Key.ToString(), pair => pair.Value.ToString(), StringComparer.Ordinal)
            : [];
    }

    private void Tell(DeploymentSecrets secrets, string file, string command)
    {
        console.Say($"Published to {settings.OutputDirectory}. {file} holds the keys, generated for this deployment: keep it safe and out of version control.");
        if (secrets.Missing.Count > 0)
            console.Say($"Fill in {string.Join(", ", secrets.Missing)} in {PathOf(file)} first.");
        console.Say($"Then: {command}");
    }

    /// <summary>The folder that images are built from: the nearest one above the AppHost that holds a solution.</summary>
    private string SourceTree()
    {
        for (var folder = new DirectoryInfo(appHost.Directory); folder is not null; folder = folder.Parent)
        {
            if (folder.EnumerateFiles("*.sln*").Any())
                return folder.FullName;
        }

        return Path.GetDirectoryName(appHost.Directory) ?? appHost.Directory;
    }

    private string PathOf(string file) => Path.Combine(settings.OutputDirectory, file);

    private void Write(string file, string content) => File.WriteAllText(PathOf(file), content);

    private void WritePrivate(string file, string content)
    {
        PrivateFile.Write(PathOf(file), Encoding.UTF8.GetBytes(content));
        Write(".gitignore", $"{file}\n");
    }
}
