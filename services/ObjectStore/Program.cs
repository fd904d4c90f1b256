using Maskwright.ObjectStore;

try
{
    // Settings are read once; watching for changes would watch every file below the current folder.
    var builder = WebApplication.CreateSlimBuilder([.. args, "--hostBuilder:reloadConfigOnChange=false"]);
    builder.AddObjectStore();

    var app = builder.Build();
    app.UseObjectStore();
    return await app.RunObjectStoreAsync();
}
catch (Exception error) when (error is InvalidOperationException or IOException or UnauthorizedAccessException)
{
    await Console.Error.WriteLineAsync($"The object store cannot start: {error.Message}");
    return 1;
}
