using Google.Protobuf;
using Maskwright.Evaluation.V1;
using Maskwright.Imaging;
using Maskwright.OnnxInference;

namespace Maskwright.Cli;

/// <summary>Predicts with an exported model in this process, and answers as the service would.</summary>
internal static class LocalPrediction
{
    /// <exception cref="ImageFormatException">The image does not decode.</exception>
    public static PredictResponse Predict(OnnxPredictor predictor, byte[] encoded, string name, bool confidence)
    {
        var image = ImageCodec.Decode(encoded, name);
        var labelled = predictor.Predict(image, confidence);
        var answer = new PredictResponse
        {
            Width = image.Width,
            Height = image.Height,
            MaskPng = UnsafeByteOperations.UnsafeWrap(PalettePng.Encode(labelled.Mask, Palette.Default)),
            OverlayPng = UnsafeByteOperations.UnsafeWrap(ImageCodec.EncodePng(Overlay.Blend(image, labelled.Mask, Palette.Default, Overlay.UsualOpacity))),
            Shares = { labelled.Mask.Shares(predictor.Classes.Count).Select((share, index) => new ClassShare { Index = index, Name = predictor.Classes[index], Share = share }) },
        };
        if (confidence)
            answer.ConfidencePng = UnsafeByteOperations.UnsafeWrap(PalettePng.Encode(labelled.ConfidenceInGrey(), Palette.Grey));
        return answer;
    }
}
