using System.Globalization;
using Aspire.Hosting.ApplicationModel;

namespace Maskwright.Hosting;

/// <summary>The application as a Docker Compose file.</summary>
internal static class ComposeFile
{
    private static readonly string[] GpuCapabilities = ["gpu"];

    /// <summary>Variable of the <c>.env</c> file that holds a parameter.</summary>
    public static string VariableOf(ParameterResource parameter) => ResourceName.ToVariable(parameter.Name);

    /// <param name="model">The application.</param>
    /// <param name="context">Path of the source tree from the file's folder.</param>
    /// <param name="dockerfile">Path of a service's Dockerfile from the source tree.</param>
    public static string Write(PublishedModel model, string context, Func<PublishedService, string> dockerfile)
    {
        var services = model.Services.ToDictionary(service => service.Name, object (service) => Service(service, context, dockerfile), StringComparer.Ordinal);
        var volumes = model.Services.SelectMany(service => service.Volumes).Select(volume => volume.Name).Distinct(StringComparer.Ordinal)
            .ToDictionary(name => name, object (_) => new Dictionary<string, object>(), StringComparer.Ordinal);
        return Yaml.Write(Yaml.Map(("services", services), ("volumes", volumes)));
    }

    private static Dictionary<string, object> Service(PublishedService service, string context, Func<PublishedService, string> dockerfile) => Yaml.Map(
        ("image", service.Image),
        ("build", service.Project is null ? null : Yaml.Map(("context", context), ("dockerfile", dockerfile(service)))),
        ("entrypoint", service.Entrypoint is null ? null : new[] { Text(service.Entrypoint) }),
        ("command", service.Arguments.Select(Text).ToArray()),
        ("environment", service.Environment.ToDictionary(
            variable => variable.Name, object (variable) => variable.Value.Write(Text, parameter => Reference(parameter)), StringComparer.Ordinal)),
        ("ports", service.Ports.Select(Port).ToArray()),
        ("volumes", service.Volumes.Select(volume => $"{volume.Name}:{volume.Target}{(volume.IsReadOnly ? ":ro" : "")}").ToArray()),
        ("depends_on", DependsOn(service)),
        ("healthcheck", service.HealthCheck is not { } check ? null : Yaml.Map(
            ("test", new[] { "CMD", "bash", "-c", HealthScript(check) }),
            ("interval", "10s"),
            ("timeout", "5s"),
            ("retries", 12),
            ("start_period", "10s"))),
        ("deploy", Deploy(service)),
        ("restart", "unless-stopped"));

    private static Dictionary<string, object> Deploy(PublishedService service) => Yaml.Map(
        ("replicas", service.Replicas == 1 ? null : service.Replicas),
        ("resources", service.Gpus == 0 ? null : Yaml.Map(("reservations", Yaml.Map(("devices", new[]
        {
            Yaml.Map(("driver", "nvidia"), ("count", service.Gpus), ("capabilities", GpuCapabilities)),
        }))))));

    private static Dictionary<string, object> DependsOn(PublishedService service) => service.Waits.GroupBy(wait => wait.Service, StringComparer.Ordinal).ToDictionary(
        waits => waits.Key,
        object (waits) => Yaml.Map(("condition", waits.Max(wait => wait.Type) switch
        {
            WaitType.Started => "service_started",
            WaitType.Healthy => "service_healthy",
            _ => "service_completed_successfully",
        })),
        StringComparer.Ordinal);

    /// <summary>Only what is meant to be reached from outside is: everything else is for this machine.</summary>
    private static string Port(PublishedPort port) => string.Create(CultureInfo.InvariantCulture, $"{(port.IsExternal ? "" : "127.0.0.1:")}{port.Port}:{port.Port}");

    private static string Text(string text) => text.Replace("$", "$$", StringComparison.Ordinal);

    private static string Reference(ParameterResource parameter) => parameter.Secret
        ? $"${{{VariableOf(parameter)}:?set it in .env}}"
        : $"${{{VariableOf(parameter)}}}";

    /// <summary>Asks with nothing but what bash itself has, for an image may have neither curl nor wget.</summary>
    private static string HealthScript(PublishedHealthCheck check) => string.Create(
        CultureInfo.InvariantCulture,
        $"exec 3<>/dev/tcp/127.0.0.1/{check.Port} && printf 'GET {check.Path} HTTP/1.0\\r\\n\\r\\n' >&3 && read -r line <&3 && [[ $$line == *' 200'* ]]");
}
