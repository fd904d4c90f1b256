using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Maskwright.ObjectStore;

/// <summary>Puts the store into a web application.</summary>
public static partial class ObjectStoreHosting
{
    /// <summary>Where the store listens when nothing else is said.</summary>
    public const string DefaultUrl = "http://127.0.0.1:9000";

    /// <summary>Adds the store and the limits of its server.</summary>
    /// <exception cref="InvalidOperationException">A setting cannot be used.</exception>
    public static void AddObjectStore(this WebApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddSingleton(ObjectStoreOptions.Read(builder.Configuration));
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(s => new DurableFolder(s.GetRequiredService<ObjectStoreOptions>().DataDirectory, s.GetRequiredService<ObjectStoreOptions>().Fsync));
        builder.Services.AddSingleton(s => CredentialFile.Resolve(s.GetRequiredService<ObjectStoreOptions>(), s.GetRequiredService<DurableFolder>()));
        builder.Services.AddSingleton<RequestAuthenticator>();
        builder.Services.AddSingleton<BucketStore>();
        builder.Services.AddSingleton<MultipartUploads>();
        builder.Services.AddSingleton<BucketActions>();
        builder.Services.AddSingleton<ObjectActions>();
        builder.Services.AddSingleton<MultipartActions>();
        builder.Services.AddSingleton<S3Endpoint>();
        builder.Services.Configure<KestrelServerOptions>(kestrel =>
        {
            kestrel.AddServerHeader = false;
            // The store's own limit counts decoded bytes and answers in S3's words.
            kestrel.Limits.MaxRequestBodySize = null;
            // A reader that computes between reads, and a writer on a busy machine, are no attackers.
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Limits.MinRequestBodyDataRate = null;
        });
        if (string.IsNullOrEmpty(builder.Configuration["urls"])
            && string.IsNullOrEmpty(builder.Configuration["http_ports"])
            && !builder.Configuration.GetSection("Kestrel:Endpoints").GetChildren().Any())
        {
            builder.WebHost.UseUrls(DefaultUrl);
        }
    }

    /// <summary>Answers S3 requests on every path that has no endpoint of its own.</summary>
    public static void UseObjectStore(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        var endpoint = app.Services.GetRequiredService<S3Endpoint>();
        app.Use((context, next) => context.GetEndpoint() is null ? endpoint.HandleAsync(context) : next(context));
    }

    /// <summary>Runs the store until it is told to stop.</summary>
    /// <returns>The exit code: 1 when it could not start, with one line on the error stream that says why and what to do.</returns>
    public static async Task<int> RunObjectStoreAsync(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        await using (app)
        {
            try
            {
                await app.StartAsync();
            }
            catch (IOException error) when (error.InnerException is AddressInUseException)
            {
                var urls = string.Join(", ", app.Urls);
                await Console.Error.WriteLineAsync($"The object store cannot listen on {urls}: the port is in use. Stop the program that has it, or set ASPNETCORE_URLS to another address.");
                return 1;
            }

            var options = app.Services.GetRequiredService<ObjectStoreOptions>();
            LogReady(app.Logger, string.Join(", ", app.Urls), Path.GetFullPath(options.DataDirectory), options.Fsync);
            await app.WaitForShutdownAsync();
            return 0;
        }
    }

    [LoggerMessage(1, LogLevel.Information, "S3 on {Urls} over {Folder} (fsync {Fsync})")]
    private static partial void LogReady(ILogger logger, string urls, string folder, bool fsync);
}
