using Maskwright.Artifacts;
using Maskwright.Evaluation.V1;
using Maskwright.Imaging;
using Maskwright.Segmentation;
using Maskwright.ServiceDefaults;
using WireShare = Maskwright.Evaluation.V1.ClassShare;

namespace Maskwright.Evaluator;

/// <summary>Segments single images. The model used last stays loaded, for calls come in rows.</summary>
internal sealed class ImagePrediction(ModelStore models, ObjectStorage storage) : IDisposable
{
    private const int MaxImageBytes = 16 * 1024 * 1024;
    private const double OverlayOpacity = 0.55;

    private readonly SemaphoreSlim _turn = new(1, 1);
    private (string Digest, Predictor Predictor)? _warm;

    /// <exception cref="Grpc.Core.RpcException">A field is not what it must be, or the model is not finished.</exception>
    public async Task<PredictResponse> PredictAsync(PredictRequest request, CancellationToken cancellationToken)
    {
        var manifest = await models.ManifestAsync(request.Model, "model", cancellationToken);
        var image = Decode(await ReadImageAsync(request, cancellationToken), request);
        Prediction predicted;
        await _turn.WaitAsync(cancellationToken);
        try
        {
            var predictor = await WarmAsync(manifest, cancellationToken);
            predicted = await Task.Run(() => predictor.Predict(image), cancellationToken);
        }
        finally
        {
            _turn.Release();
        }

        var response = new PredictResponse
        {
            Width = image.Width,
            Height = image.Height,
            MaskPng = Google.Protobuf.UnsafeByteOperations.UnsafeWrap(PalettePng.Encode(predicted.Mask, Palette.Default)),
            Shares = { predicted.Shares.Select(share => new WireShare { Index = share.Index, Name = share.Name, Share = share.Share }) },
        };
        if (request.IncludeOverlay)
        {
            var overlay = Overlay.Blend(image, predicted.Mask, Palette.Default, OverlayOpacity);
            response.OverlayPng = Google.Protobuf.UnsafeByteOperations.UnsafeWrap(ImageCodec.EncodePng(overlay));
        }

        return response;
    }

    public void Dispose()
    {
        _warm?.Predictor.Dispose();
        _turn.Dispose();
    }

    private async Task<Predictor> WarmAsync(RunManifest manifest, CancellationToken cancellationToken)
    {
        if (_warm is var (digest, warm) && string.Equals(digest, manifest.Model.Sha256, StringComparison.Ordinal))
            return warm;
        var predictor = new Predictor(await models.LoadAsync(manifest, cancellationToken));
        _warm?.Predictor.Dispose();
        _warm = (manifest.Model.Sha256, predictor);
        return predictor;
    }

    private async Task<ReadOnlyMemory<byte>> ReadImageAsync(PredictRequest request, CancellationToken cancellationToken)
    {
        switch (request.InputCase)
        {
            case PredictRequest.InputOneofCase.Image when request.Image.Length <= MaxImageBytes:
                return request.Image.Memory;
            case PredictRequest.InputOneofCase.Image:
                throw RpcErrors.InvalidArgument("image", $"it has {request.Image.Length:N0} bytes; at most {MaxImageBytes:N0} are taken.");
            case PredictRequest.InputOneofCase.ObjectKey:
                return await storage.GetAsync(request.ObjectKey, MaxImageBytes, cancellationToken);
            default:
                throw RpcErrors.InvalidArgument("input", "set image or object_key.");
        }
    }

    private static RgbImage Decode(ReadOnlyMemory<byte> encoded, PredictRequest request)
    {
        bool sent = request.InputCase == PredictRequest.InputOneofCase.Image;
        try
        {
            return ImageCodec.Decode(encoded, sent ? "the image" : request.ObjectKey);
        }
        catch (ImageFormatException exception)
        {
            throw RpcErrors.InvalidArgument(sent ? "image" : "object_key", exception.Message);
        }
    }
}
