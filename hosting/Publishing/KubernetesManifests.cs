using Aspire.Hosting.ApplicationModel;

namespace Maskwright.Hosting;

/// <summary>The application as Kubernetes manifests.</summary>
internal static class KubernetesManifests
{
    /// <summary>Name of the Secret that holds the parameters.</summary>
    public const string SecretName = "maskwright-parameters";

    /// <summary>The user that .NET's images run as.</summary>
    private const int AppUser = 1654;

    private const string VolumeSize = "20Gi";

    private static readonly string[] AllCapabilities = ["ALL"];

    private static readonly string[] OneNode = ["ReadWriteOnce"];

    /// <summary>Key of a parameter in the Secret.</summary>
    public static string KeyOf(ParameterResource parameter) => parameter.Name.ToLowerInvariant();

    public static string Secret(IReadOnlyDictionary<string, string> values) => Yaml.Write(Yaml.Map(
        ("apiVersion", "v1"),
        ("kind", "Secret"),
        ("metadata", Yaml.Map(("name", SecretName))),
        ("type", "Opaque"),
        ("stringData", values.ToDictionary(value => value.Key, object (value) => value.Value, StringComparer.Ordinal))));

    /// <summary>What <c>kubectl apply -k</c> applies.</summary>
    public static string Kustomization(IReadOnlyList<string> files) => Yaml.Write(Yaml.Map(
        ("apiVersion", "kustomize.config.k8s.io/v1beta1"),
        ("kind", "Kustomization"),
        ("resources", files)));

    /// <summary>A Deployment, a Service where it listens, and a claim for each of its volumes.</summary>
    public static string Service(PublishedService service)
    {
        var labels = Yaml.Map(("app.kubernetes.io/name", service.Name), ("app.kubernetes.io/part-of", "maskwright"));
        List<Dictionary<string, object>> documents = [.. service.Volumes.Select(volume => Claim(volume, labels)), Deployment(service, labels)];
        if (service.Ports.Count > 0)
            documents.Add(NetworkService(service, labels));
        return string.Join("---\n", documents.Select(Yaml.Write));
    }

    private static Dictionary<string, object> Claim(VolumeAnnotation volume, Dictionary<string, object> labels) => Yaml.Map(
        ("apiVersion", "v1"),
        ("kind", "PersistentVolumeClaim"),
        ("metadata", Yaml.Map(("name", volume.Name), ("labels", labels))),
        ("spec", Yaml.Map(
            ("accessModes", OneNode),
            ("resources", Yaml.Map(("requests", Yaml.Map(("storage", VolumeSize))))))));

    private static Dictionary<string, object> NetworkService(PublishedService service, Dictionary<string, object> labels) => Yaml.Map(
        ("apiVersion", "v1"),
        ("kind", "Service"),
        ("metadata", Yaml.Map(("name", service.Name), ("labels", labels))),
        ("spec", Yaml.Map(
            ("type", service.Ports.Any(port => port.IsExternal) ? "LoadBalancer" : "ClusterIP"),
            ("selector", labels),
            ("ports", service.Ports.Select(port => Yaml.Map(
                ("name", port.Name),
                ("port", port.Port),
                ("targetPort", port.Name),
                ("appProtocol", port.Transport == "http2" ? "kubernetes.io/h2c" : null))).ToArray()))));

    private static Dictionary<string, object> Deployment(PublishedService service, Dictionary<string, object> labels) => Yaml.Map(
        ("apiVersion", "apps/v1"),
        ("kind", "Deployment"),
        ("metadata", Yaml.Map(("name", service.Name), ("labels", labels))),
        ("spec", Yaml.Map(
            ("replicas", service.Replicas),
            ("selector", Yaml.Map(("matchLabels", labels))),
            // A volume that one node holds cannot be handed over to a second pod while the first still runs.
            ("strategy", service.Volumes.Count == 0 ? null : Yaml.Map(("type", "Recreate"))),
            ("template", Yaml.Map(
                ("metadata", Yaml.Map(("labels", labels))),
                ("spec", Yaml.Map(
                    ("automountServiceAccountToken", false),
                    // A service's own variables must not collide with those that Kubernetes makes up from Service names.
                    ("enableServiceLinks", false),
                    ("securityContext", service.Project is null ? null : Yaml.Map(
                        ("runAsNonRoot", true), ("runAsUser", AppUser), ("runAsGroup", AppUser), ("fsGroup", AppUser), ("seccompProfile", Yaml.Map(("type", "RuntimeDefault"))))),
                    ("containers", new[] { Container(service) }),
                    ("volumes", service.Volumes.Select(volume => Yaml.Map(
                        ("name", volume.Name), ("persistentVolumeClaim", Yaml.Map(("claimName", volume.Name))))).ToArray()))))))));

    private static Dictionary<string, object> Container(PublishedService service)
    {
        var port = service.HealthCheck is { } check ? service.Ports.First(port => port.Port == check.Port).Name : null;
        var get = service.HealthCheck is null ? null : Yaml.Map(("path", service.HealthCheck.Path), ("port", port));
        return Yaml.Map(
            ("name", service.Name),
            ("image", service.Image),
            ("imagePullPolicy", "IfNotPresent"),
            ("command", service.Entrypoint is null ? null : new[] { service.Entrypoint }),
            ("args", service.Arguments),
            ("env", Environment(service)),
            ("ports", service.Ports.Select(port => Yaml.Map(("name", port.Name), ("containerPort", port.Port))).ToArray()),
            ("volumeMounts", service.Volumes.Select(volume => Yaml.Map(
                ("name", volume.Name), ("mountPath", volume.Target), ("readOnly", volume.IsReadOnly ? true : null))).ToArray()),
            ("startupProbe", get is null ? null : Yaml.Map(("httpGet", get), ("periodSeconds", 2), ("failureThreshold", 60))),
            ("readinessProbe", get is null ? null : Yaml.Map(("httpGet", get), ("periodSeconds", 10), ("timeoutSeconds", 5))),
            // Health may hang on another service, and restarting this one would not mend that: alive is who answers at all.
            ("livenessProbe", get is null ? null : Yaml.Map(("tcpSocket", Yaml.Map(("port", port))), ("periodSeconds", 20), ("failureThreshold", 3))),
            ("resources", service.Gpus == 0 ? null : Yaml.Map(("limits", Yaml.Map(("nvidia.com/gpu", service.Gpus))))),
            ("securityContext", Yaml.Map(
                ("allowPrivilegeEscalation", false),
                ("capabilities", service.Project is null ? null : Yaml.Map(("drop", AllCapabilities))))));
    }

    /// <summary>Parameters come first, each from the Secret, and the others are put together from them with <c>$(…)</c>.</summary>
    private static Dictionary<string, object>[] Environment(PublishedService service) =>
    [
        .. service.Environment.SelectMany(variable => variable.Value.Parameters).Distinct().Select(parameter => Yaml.Map(
            ("name", VariableOf(parameter)),
            ("valueFrom", Yaml.Map(("secretKeyRef", Yaml.Map(("name", SecretName), ("key", KeyOf(parameter)))))))),
        .. service.Environment.Select(variable => Yaml.Map(
            ("name", variable.Name),
            ("value", variable.Value.Write(text => text.Replace("$(", "$$(", StringComparison.Ordinal), parameter => $"$({VariableOf(parameter)})")))),
    ];

    private static string VariableOf(ParameterResource parameter) => $"PARAMETER_{ResourceName.ToVariable(parameter.Name)}";
}
