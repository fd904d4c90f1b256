using Maskwright.ObjectStore;

try
{
    var builder = WebApplication.CreateSlimBuilder(args);
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
