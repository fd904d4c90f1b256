namespace Maskwright.Hosting;

/// <summary>The recipe of a service's image: built from the whole source tree, run as a user without rights.</summary>
internal static class Dockerfile
{
    /// <summary>What the source tree is sent without.</summary>
    public const string Ignored = """
        .git
        **/bin
        **/obj
        **/TestResults

        """;

    /// <param name="service">The service.</param>
    /// <param name="root">Absolute path of the source tree.</param>
    public static string For(PublishedService service, string root)
    {
        var project = Path.GetRelativePath(root, service.Project!).Replace('\\', '/');
        var properties = service.BuildProperties is { Length: > 0 } given ? $" -p:{given}" : "";
        var folders = service.Volumes.Count == 0 ? "" : $"RUN {string.Join(" && ", service.Volumes.Select(volume => $"mkdir -p {volume.Target} && chown $APP_UID {volume.Target}"))}\n";
        return $"""
            # docker build -f {service.Name}.Dockerfile -t {service.Image} <the source tree>
            FROM mcr.microsoft.com/dotnet/sdk:10.0 AS build
            WORKDIR /src
            COPY . .
            RUN dotnet publish {project} -c Release -o /app{properties}

            FROM mcr.microsoft.com/dotnet/aspnet:10.0
            WORKDIR /app
            COPY --from=build /app .
            {folders}USER $APP_UID
            ENTRYPOINT ["dotnet", "{service.Program}"]

            """.ReplaceLineEndings("\n");
    }
}
