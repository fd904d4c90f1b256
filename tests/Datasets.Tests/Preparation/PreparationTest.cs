using Maskwright.Artifacts;

namespace Maskwright.Datasets.Tests;

/// <summary>What the tests of preparation share: a store, a temporary folder that has to be empty afterwards, and an id.</summary>
public abstract class PreparationTest(StorageFixture fixture) : IDisposable
{
    private readonly TemporaryFolder _temporary = new();
    private readonly TemporaryFolder _downloads = new();

    protected ObjectStorage Storage => fixture.Storage;

    protected string Id { get; } = $"d{Guid.NewGuid():n}";

    protected static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    protected Task<DatasetManifest> PrepareAsync(
        string directory,
        PreparationOptions? options = null,
        string? id = null,
        int degree = 2,
        Action<PreparationProgress>? progress = null,
        CancellationToken? cancellation = null) =>
        PrepareAsync(DatasetSource.CocoFolder(directory), options, id, degree, progress, cancellation);

    protected async Task<DatasetManifest> PrepareAsync(
        DatasetSource source,
        PreparationOptions? options = null,
        string? id = null,
        int degree = 2,
        Action<PreparationProgress>? progress = null,
        CancellationToken? cancellation = null)
    {
        using var preparation = new DatasetPreparation(TimeProvider.System, _downloads.Path) { DegreeOfParallelism = degree, TemporaryDirectory = _temporary.Path };
        return await preparation.PrepareAsync(
            source, id ?? Id, options ?? new PreparationOptions(), Storage,
            progress is null ? null : new Immediately<PreparationProgress>(progress), cancellation ?? Cancellation);
    }

    /// <summary>Expects a failure that leaves nothing behind, neither in storage nor in the temporary folder.</summary>
    protected async Task<TException> FailAsync<TException>(Func<Task> prepare)
        where TException : Exception
    {
        var error = await Should.ThrowAsync<TException>(prepare);
        await ShouldBeEmptyAsync();
        return error;
    }

    protected Task<DatasetException> FailAsync(DatasetFailure kind, string directory, PreparationOptions? options = null) =>
        FailAsync(kind, DatasetSource.CocoFolder(directory), options);

    protected async Task<DatasetException> FailAsync(DatasetFailure kind, DatasetSource source, PreparationOptions? options = null, string? id = null)
    {
        if (id is not null)
        {
            // Other datasets of the test are there.
            var failure = await Should.ThrowAsync<DatasetException>(() => PrepareAsync(source, options, id));
            failure.Kind.ShouldBe(kind);
            return failure;
        }

        var error = await FailAsync<DatasetException>(() => PrepareAsync(source, options));
        error.Kind.ShouldBe(kind);
        return error;
    }

    protected async Task ShouldBeEmptyAsync()
    {
        (await KeysAsync()).ShouldBeEmpty();
        Directory.EnumerateFileSystemEntries(_temporary.Path).ShouldBeEmpty();
    }

    protected async Task<List<string>> KeysAsync()
    {
        var keys = new List<string>();
        await foreach (var found in Storage.ListAsync(DatasetKeys.Prefix(Id), Cancellation))
            keys.Add(found.Key);
        return keys;
    }

    protected async Task<List<EncodedSample>> ReadAllAsync(string? id = null)
    {
        var reader = await DatasetReader.OpenAsync(Storage, id ?? Id, Cancellation);
        var samples = new List<EncodedSample>();
        foreach (var split in (string[])["train", "val", "test"])
            await foreach (var sample in reader.ReadSplitAsync(split, Cancellation))
                samples.Add(sample);
        return samples;
    }

    public void Dispose()
    {
        _temporary.Dispose();
        _downloads.Dispose();
        GC.SuppressFinalize(this);
    }
}
