using System.Reflection;
using System.Runtime.CompilerServices;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace Maskwright.Hosting.Tests;

/// <summary>An AppHost that compiles against this engine must compile against Aspire 13.5.2: names, order and defaults of parameters are held here.</summary>
public sealed class PublicSurfaceTests
{
    [Fact]
    public void Extension_methods_have_the_signatures_of_Aspire()
    {
        Type[] types =
        [
            typeof(ProjectResourceBuilderExtensions), typeof(ExecutableResourceBuilderExtensions),
            typeof(ContainerResourceBuilderExtensions), typeof(ExternalServiceBuilderExtensions), typeof(OtlpConfigurationExtensions),
            typeof(ParameterResourceBuilderExtensions), typeof(ResourceBuilderExtensions),
        ];
        var signatures = types.SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly)).Select(Signature).Order(StringComparer.Ordinal);

        signatures.ShouldBe(
        [
            "IResourceBuilder<ConnectionStringResource> IDistributedApplicationBuilder.AddConnectionString(String name, ReferenceExpression connectionStringExpression)",
            "IResourceBuilder<ContainerResource> IDistributedApplicationBuilder.AddContainer(String name, String image)",
            "IResourceBuilder<ContainerResource> IDistributedApplicationBuilder.AddContainer(String name, String image, String tag)",
            "IResourceBuilder<ExecutableResource> IDistributedApplicationBuilder.AddExecutable(String name, String command, String workingDirectory, params String[] args)",
            "IResourceBuilder<ExternalServiceResource> IDistributedApplicationBuilder.AddExternalService(String name, IResourceBuilder<ParameterResource> urlParameter)",
            "IResourceBuilder<ExternalServiceResource> IDistributedApplicationBuilder.AddExternalService(String name, String url)",
            "IResourceBuilder<ExternalServiceResource> IDistributedApplicationBuilder.AddExternalService(String name, Uri uri)",
            "IResourceBuilder<ExternalServiceResource> IResourceBuilder<ExternalServiceResource>.WithHttpHealthCheck(String path = null, Nullable<Int32> statusCode = null)",
            "IResourceBuilder<IResourceWithConnectionString> IDistributedApplicationBuilder.AddConnectionString(String name, String environmentVariableName = null)",
            "IResourceBuilder<ParameterResource> IDistributedApplicationBuilder.AddParameter(String name, Boolean secret = False)",
            "IResourceBuilder<ParameterResource> IDistributedApplicationBuilder.AddParameter(String name, ParameterDefault value, Boolean secret = False, Boolean persist = False)",
            "IResourceBuilder<ParameterResource> IDistributedApplicationBuilder.AddParameter(String name, String value, Boolean publishValueAsDefault = False, Boolean secret = False)",
            "IResourceBuilder<ProjectResource> IDistributedApplicationBuilder.AddProject(String name, String projectPath)",
            "IResourceBuilder<ProjectResource> IDistributedApplicationBuilder.AddProject(String name, String projectPath, Action<ProjectResourceOptions> configure)",
            "IResourceBuilder<ProjectResource> IDistributedApplicationBuilder.AddProject(String name, String projectPath, String launchProfileName)",
            "IResourceBuilder<ProjectResource> IResourceBuilder<ProjectResource>.WithReplicas(Int32 replicas)",
            "EndpointReference IResourceBuilder<T>.GetEndpoint(String name)",
            "IResourceBuilder<T> IResourceBuilder<T>.AsHttp2Service()",
            "IResourceBuilder<T> IResourceBuilder<T>.WaitFor(IResourceBuilder<IResource> dependency)",
            "IResourceBuilder<T> IResourceBuilder<T>.WaitForCompletion(IResourceBuilder<IResource> dependency, Int32 exitCode = 0)",
            "IResourceBuilder<T> IResourceBuilder<T>.WaitForStart(IResourceBuilder<IResource> dependency)",
            "IResourceBuilder<T> IResourceBuilder<T>.WithArgs(params String[] args)",
            "IResourceBuilder<T> IResourceBuilder<T>.WithCommand(String name, String displayName, Func<ExecuteCommandContext, Task<ExecuteCommandResult>> executeCommand, CommandOptions commandOptions = null)",
            "IResourceBuilder<T> IResourceBuilder<T>.WithOtlpExporter()",
            "IResourceBuilder<T> IResourceBuilder<T>.WithUrlForEndpoint(String endpointName, Action<ResourceUrlAnnotation> callback)",
            "IResourceBuilder<T> IResourceBuilder<T>.WithVolume(String name, String target, Boolean isReadOnly = False)",
            "IResourceBuilder<TDestination> IResourceBuilder<TDestination>.WithReference(IResourceBuilder<ExternalServiceResource> externalService)",
            "IResourceBuilder<T> IResourceBuilder<T>.WithEndpoint(Nullable<Int32> port = null, Nullable<Int32> targetPort = null, String scheme = null, String name = null, String env = null, Nullable<Boolean> isProxied = null, Nullable<Boolean> isExternal = null, Nullable<ProtocolType> protocol = null)",
            "IResourceBuilder<T> IResourceBuilder<T>.WithEnvironment(Action<EnvironmentCallbackContext> callback)",
            "IResourceBuilder<T> IResourceBuilder<T>.WithEnvironment(String name, EndpointReference endpointReference)",
            "IResourceBuilder<T> IResourceBuilder<T>.WithEnvironment(String name, IResourceBuilder<ParameterResource> parameter)",
            "IResourceBuilder<T> IResourceBuilder<T>.WithEnvironment(String name, ReferenceExpression value)",
            "IResourceBuilder<T> IResourceBuilder<T>.WithEnvironment(String name, String value)",
            "IResourceBuilder<T> IResourceBuilder<T>.WithExplicitStart()",
            "IResourceBuilder<T> IResourceBuilder<T>.WithExternalHttpEndpoints()",
            "IResourceBuilder<T> IResourceBuilder<T>.WithHttpEndpoint(Nullable<Int32> port = null, Nullable<Int32> targetPort = null, String name = null, String env = null, Nullable<Boolean> isProxied = null)",
            "IResourceBuilder<T> IResourceBuilder<T>.WithHttpHealthCheck(String path = null, Nullable<Int32> statusCode = null, String endpointName = null)",
            "IResourceBuilder<TDestination> IResourceBuilder<TDestination>.WithReference(EndpointReference endpointReference)",
            "IResourceBuilder<TDestination> IResourceBuilder<TDestination>.WithReference(IResourceBuilder<IResourceWithConnectionString> source, String connectionName = null, Boolean optional = False)",
            "IResourceBuilder<TDestination> IResourceBuilder<TDestination>.WithReference(IResourceBuilder<IResourceWithServiceDiscovery> source)",
        ],
        ignoreOrder: true);
    }

    [Fact]
    public void The_application_has_the_members_of_Aspire()
    {
        typeof(DistributedApplication).GetMethods(BindingFlags.Public | BindingFlags.Static | BindingFlags.Instance | BindingFlags.DeclaredOnly)
            .Select(Signature).ShouldBe(
            [
                "IDistributedApplicationBuilder CreateBuilder(String[] args)",
                "Void Run()",
                "Task RunAsync(CancellationToken cancellationToken = null)",
            ],
            ignoreOrder: true);
        typeof(IDistributedApplicationBuilder).GetMethod("Build")!.ReturnType.ShouldBe(typeof(DistributedApplication));
        Signature(typeof(EndpointReference).GetMethod("Property")!).ShouldBe("EndpointReferenceExpression Property(EndpointProperty property)");
    }

    [Fact]
    public void Nothing_public_lies_outside_the_namespaces_of_Aspire() =>
        typeof(DistributedApplication).Assembly.GetExportedTypes().ShouldAllBe(type => type.Namespace == "Aspire.Hosting" || type.Namespace == "Aspire.Hosting.ApplicationModel");

    private static string Signature(MethodInfo method)
    {
        var parameters = method.GetParameters();
        var receiver = "";
        if (method.IsDefined(typeof(ExtensionAttribute)))
        {
            receiver = Name(parameters[0].ParameterType) + ".";
            parameters = parameters[1..];
        }

        return $"{Name(method.ReturnType)} {receiver}{method.Name}({string.Join(", ", parameters.Select(Describe))})";
    }

    private static string Describe(ParameterInfo parameter) =>
        (parameter.IsDefined(typeof(ParamArrayAttribute)) ? "params " : "")
        + $"{Name(parameter.ParameterType)} {parameter.Name}"
        + (parameter.HasDefaultValue ? $" = {parameter.DefaultValue ?? "null"}" : "");

    private static string Name(Type type) => type.IsGenericType
        ? $"{type.Name.Split('`')[0]}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>"
        : type.Name;
}
