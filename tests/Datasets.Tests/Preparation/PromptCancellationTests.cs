using Maskwright.Imaging;

namespace Maskwright.Datasets.Tests;

/// <summary>A picture that takes for ever stands for one that takes seconds and cannot be left in its middle.</summary>
public sealed class PromptCancellationTests(StorageFixture fixture) : PreparationTest(fixture)
{
    private const int Patience = 60_000;

    [Fact(Timeout = Patience)]
    public async Task A_scan_that_is_cancelled_does_not_wait_for_the_picture_it_is_at()
    {
        await using var source = new HeldSource();
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var scan = ImageScan.RunAsync(source, new BadInput(BadInputPolicy.Fail, 1), degreeOfParallelism: 2, progress: null, cancel.Token);
        await source.Entered;
        await cancel.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => scan);
    }

    [Fact(Timeout = Patience)]
    public async Task Rasterising_that_is_cancelled_does_not_wait_for_the_picture_it_is_at()
    {
        await using var source = new HeldSource();
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var jpeg = CocoFolderBuilder.Jpeg(1);
        var scanned = source.Images.Select(image => new ScannedImage(image, FileDigest.Of(jpeg), 0, ImageCodec.ReadHeader(jpeg, ""), ChannelSums.Zero)).ToList();
        var writer = new DatasetWriter(Storage, source, Id, new PreparationOptions(), new BadInput(BadInputPolicy.Fail, 1), 2, [], progress: null);
        var writing = writer.WriteAsync(scanned, ["train", "train", "train"], cancel.Token);
        await source.Entered;
        await cancel.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => writing);
        await ShouldBeEmptyAsync();
    }

    /// <summary>A source that holds whoever reads from it until it is disposed.</summary>
    private sealed class HeldSource : ImageSource
    {
        private readonly ManualResetEventSlim _release = new();
        private readonly TaskCompletionSource _entered = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Ends when somebody is held.</summary>
        public Task Entered => _entered.Task;

        public override string Name => "held";

        public override IReadOnlyList<SourceImage> Images { get; } =
            [.. Enumerable.Range(1, 3).Select(id => new SourceImage($"{id}", new CocoImage(id, $"{id}.jpg", CocoFolderBuilder.Width, CocoFolderBuilder.Height, License: 0), [1], [0, 1], null))];

        public override IReadOnlyList<string> Classes => ["background", "person"];

        public override SourceLineage Lineage(string imagesSha256) => new("held", "", "", imagesSha256);

        public override Task<FileBytes> ReadImageAsync(SourceImage image, CancellationToken cancellationToken)
        {
            _entered.TrySetResult();
            _release.Wait(CancellationToken.None);
            throw new ImageProblemException("it was held");
        }

        public override Task<PaintedImage> PaintAsync(SourceImage image, CancellationToken cancellationToken) => throw new NotSupportedException();

        public override ValueTask DisposeAsync()
        {
            _release.Set();
            return base.DisposeAsync();
        }
    }
}
