using Google.Protobuf;
using Maskwright.Artifacts;
using Maskwright.Datasets;
using Maskwright.Evaluation.V1;
using Maskwright.Imaging;
using Maskwright.Segmentation;
using Maskwright.ServiceDefaults;
using WireShare = Maskwright.Evaluation.V1.ClassShare;

namespace Maskwright.Evaluator;

/// <summary>Segments single images, and streams of them.</summary>
internal sealed class ImagePrediction(ModelStore models, WarmModels warm, ObjectStorage storage)
{
    private const int MaxImageBytes = 16 * 1024 * 1024;

    // Enough to fill the network's batches while answers are encoded and sent.
    private const int UnderWay = 16;

    /// <exception cref="Grpc.Core.RpcException">A field is not what it must be, or the model is not finished.</exception>
    public async Task<PredictResponse> PredictAsync(PredictRequest request, CancellationToken cancellationToken)
    {
        var manifest = await models.ManifestAsync(request.Model, "model", cancellationToken);
        var image = Decode(await ReadImageAsync(request, cancellationToken), request);
        var predicted = await warm.PredictAsync(manifest, image, request.IncludeConfidence, cancellationToken);
        return ToWire(request, image, predicted);
    }

    /// <summary>Segments images as they come; answers keep their order.</summary>
    public IAsyncEnumerable<PredictResponse> PredictAsync(IAsyncEnumerable<PredictRequest> requests, CancellationToken cancellationToken) =>
        OrderedParallel.SelectAsync(requests, PredictAsync, UnderWay, cancellationToken);

    private static PredictResponse ToWire(PredictRequest request, RgbImage image, Prediction predicted)
    {
        var mask = predicted.Labels.Mask;
        var response = new PredictResponse
        {
            Width = image.Width,
            Height = image.Height,
            MaskPng = UnsafeByteOperations.UnsafeWrap(PalettePng.Encode(mask, Palette.Default)),
            Shares = { predicted.Shares.Select(share => new WireShare { Index = share.Index, Name = share.Name, Share = share.Share }) },
        };
        if (request.IncludeOverlay)
            response.OverlayPng = UnsafeByteOperations.UnsafeWrap(ImageCodec.EncodePng(Overlay.Blend(image, mask, Palette.Default, Overlay.UsualOpacity)));
        if (request.IncludeConfidence)
            response.ConfidencePng = UnsafeByteOperations.UnsafeWrap(PalettePng.Encode(predicted.Labels.ConfidenceInGrey(), Palette.Grey));
        return response;
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
