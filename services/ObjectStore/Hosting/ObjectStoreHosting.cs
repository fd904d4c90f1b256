using Maskwright.ServiceDefaults;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

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
        if (!string.IsNullOrWhiteSpace(builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]))
            builder.ConfigureOpenTelemetry();
        builder.Services.AddSingleton(ObjectStoreOptions.Read(builder.Configuration));
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<IMemoryPoolFactory<byte>>(StoreBuffers.Shared);
        builder.Services.AddSingleton(s => new DurableFolder(s.GetRequiredService<ObjectStoreOptions>().DataDirectory, s.GetRequiredService<ObjectStoreOptions>().Fsync));
        builder.Services.AddSingleton(s => CredentialFile.Resolve(s.GetRequiredService<ObjectStoreOptions>(), s.GetRequiredService<DurableFolder>()));
        builder.Services.AddSingleton<RequestAuthenticator>();
        builder.Services.AddSingleton<DamagedFiles>();
        builder.Services.AddSingleton<PartFolders>();
        builder.Services.AddSingleton<Md5Lanes>();
        builder.Services.AddSingleton<BucketStore>();
        builder.Services.AddSingleton<MultipartUploads>();
        builder.Services.AddSingleton<BucketActions>();
        builder.Services.AddSingleton<ObjectActions>();
        builder.Services.AddSingleton<MultipartActions>();
        builder.Services.AddSingleton<DeleteActions>();
        builder.Services.AddSingleton<S3Endpoint>();
        builder.Services.AddHostedService<StoreUpkeep>();
        // A line for each request is noise here, and the host's own account of a port in use hides the line that helps.
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        builder.Services.Configure<KestrelServerOptions>(kestrel =>
        {
            kestrel.AddServerHeader = false;
            // The store's own limit counts decoded bytes and answers in S3's words.
            kestrel.Limits.MaxRequestBodySize = null;
            // A reader that computes between reads, and a writer on a busy machine, are no attackers.
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Limits.MinRequestBodyDataRate = null;
        });
        // What a writer may be ahead of the disk: with many at once, more is memory that nothing is gained by.
        builder.Services.Configure<SocketTransportOptions>(sockets => sockets.MaxReadBufferSize = 2 * StoreBuffers.BlockBytes);
        if (string.IsNullOrEmpty(builder.Configuration["urls"])
            && string.IsNullOrEmpty(builder.Configuration["http_ports"])
            && !builder.Configuration.GetSection("Kestrel:Endpoints").GetChildren().Any())
        {
            builder.WebHost.UseUrls(DefaultUrl);
        }
    }

    /// <summary>Answers <c>/health</c> and <c>/alive</c> to anyone, and S3 requests on every other path.</summary>
    /// <exception cref="IOException">The data folder is in use or cannot be written.</exception>
    public static void UseObjectStore(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        app.Services.GetRequiredService<MultipartUploads>().Recover();
        var endpoint = app.Services.GetRequiredService<S3Endpoint>();
        var damaged = app.Services.GetRequiredService<DamagedFiles>();
        // It serves all other objects, so that it stays healthy; whoever asks learns that there is something to mend.
        app.Run(context => context.Request.Path.Value is "/health" or "/alive"
            ? context.Response.WriteAsync(damaged.Count() is > 0 and var count ? $"Healthy, but {count} damaged files were met: the log names them" : "Healthy", context.RequestAborted)
            : endpoint.HandleAsync(context));
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
                await Console.Error.WriteLineAsync($"The object store cannot start: {error.Message.TrimEnd('.')}. Stop the program that has the port, or set ASPNETCORE_URLS to another address.");
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
