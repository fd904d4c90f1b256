using System.Threading.Channels;
using Maskwright.Artifacts;
using Maskwright.Imaging;
using Maskwright.Metrics.V1;
using Maskwright.Segmentation;

namespace Maskwright.Trainer;

/// <summary>
/// Puts the pictures by which people follow a run into storage while it trains: for each of a few validation samples the image
/// and its mask once, and what was predicted after each epoch. Storage that is away costs pictures, and no training.
/// </summary>
internal sealed partial class ShownImages
{
    // Of longer runs every so many epochs are shown.
    private const int MostEpochs = 100;
    private const string Png = "image/png";

    private readonly Channel<(int Epoch, IReadOnlyList<IndexMask> Predictions)> _due = Channel.CreateUnbounded<(int, IReadOnlyList<IndexMask>)>();
    private readonly ObjectStorage _storage;
    private readonly string _run;
    private readonly IReadOnlyList<CachedSample> _samples;
    private readonly int _epochs;
    private readonly int _every;
    private readonly RunReporter _reporter;
    private readonly ILogger<ShownImages> _logger;
    private readonly List<ArtifactEntry> _stored = [];
    private readonly Task _uploading;
    private bool _samplesStored;

    /// <summary>Begins with nothing shown.</summary>
    public ShownImages(
        ObjectStorage storage, string run, IReadOnlyList<CachedSample> samples, int epochs, RunReporter reporter, ILogger<ShownImages> logger, CancellationToken cancellationToken)
    {
        (_storage, _run, _samples, _epochs, _reporter, _logger) = (storage, run, samples, epochs, reporter, logger);
        _every = (epochs + MostEpochs - 1) / MostEpochs;
        _uploading = UploadAsync(cancellationToken);
    }

    /// <summary>Takes an epoch's predictions, in the order of the samples, and returns at once.</summary>
    public void Add(int epoch, IReadOnlyList<IndexMask> predictions)
    {
        if (epoch % _every == 0 || epoch == 1 || epoch == _epochs)
            _due.Writer.TryWrite((epoch, predictions));
    }

    /// <summary>Waits until everything is in storage that can be.</summary>
    /// <returns>What is there.</returns>
    /// <exception cref="StorageException">Storage cannot be asked what is there.</exception>
    public async Task<IReadOnlyList<ArtifactEntry>> CompleteAsync(CancellationToken cancellationToken)
    {
        _due.Writer.Complete();
        await _uploading;

        // A process before this one may have stored some.
        await foreach (var stored in _storage.ListAsync(RunKeys.ShownPrefix(_run), cancellationToken))
        {
            if (!_stored.Exists(entry => string.Equals(entry.Key, stored.Key, StringComparison.Ordinal)))
            {
                byte[] png = await _storage.GetAsync(stored.Key, cancellationToken);
                _stored.Add(new ArtifactEntry(stored.Key, png.Length, Digest.OfBytes(png)));
            }
        }

        return _stored;
    }

    private async Task UploadAsync(CancellationToken cancellationToken)
    {
        await foreach (var (epoch, predictions) in _due.Reader.ReadAllAsync(cancellationToken))
        {
            try
            {
                await UploadAsync(epoch, predictions, cancellationToken);
            }
            catch (StorageException exception)
            {
                LogNotShown(epoch, exception.Message);
                _reporter.Say($"The pictures of epoch {epoch} could not be stored: {exception.Message}", "warning");
            }
        }
    }

    private async Task UploadAsync(int epoch, IReadOnlyList<IndexMask> predictions, CancellationToken cancellationToken)
    {
        var references = new List<ImageReference>();
        for (int i = 0; i < _samples.Count; i++)
        {
            var sample = _samples[i];
            var keys = RunKeys.Shown(_run, i, epoch);
            if (!_samplesStored)
            {
                await PutAsync(keys.Image, ImageCodec.EncodePng(sample.Image), cancellationToken);
                await PutAsync(keys.Truth, PalettePng.Encode(sample.Mask, Palette.Default), cancellationToken);
            }

            await PutAsync(keys.Prediction, PalettePng.Encode(predictions[i], Palette.Default), cancellationToken);
            references.Add(new ImageReference { Step = epoch, SampleKey = sample.Key, ImageKey = keys.Image, TruthKey = keys.Truth, PredictionKey = keys.Prediction });
        }

        _samplesStored = true;
        _reporter.Show(references);
    }

    private async Task PutAsync(string key, byte[] png, CancellationToken cancellationToken)
    {
        var entry = await _storage.PutAsync(key, png, Png, cancellationToken);
        _stored.RemoveAll(stored => string.Equals(stored.Key, key, StringComparison.Ordinal));
        _stored.Add(entry);
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "The pictures of epoch {Epoch} could not be stored: {Reason}")]
    private partial void LogNotShown(int epoch, string reason);
}
