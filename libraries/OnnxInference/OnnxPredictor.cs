using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Maskwright.Imaging;
using Microsoft.ML.OnnxRuntime;

namespace Maskwright.OnnxInference;

/// <summary>
/// Labels images by an exported model with ONNX Runtime, with neither libtorch nor a service: stretched to the model's square,
/// scored, the scores scaled back to the image's own size.
/// </summary>
/// <remarks>Thread-safe: ONNX Runtime shares its threads between calls.</remarks>
public sealed partial class OnnxPredictor : IDisposable
{
    /// <summary>Name of the input, 8-bit RGB [N, S, S, 3].</summary>
    public const string Input = "pixels";

    /// <summary>Name of the output, [N, C, S, S] before soft maximum.</summary>
    public const string Output = "scores";

    private const string ClassesKey = "maskwright.classes";
    private const string SizeKey = "maskwright.image_size";

    private readonly InferenceSession _session;
    private readonly int _side;

    private OnnxPredictor(InferenceSession session, IReadOnlyList<string> classes, int side)
    {
        _session = session;
        Classes = classes;
        _side = side;
    }

    /// <summary>Names of the classes by index; the first is the background.</summary>
    public IReadOnlyList<string> Classes { get; }

    /// <summary>Loads a model.</summary>
    /// <param name="file">The whole ONNX file.</param>
    /// <param name="name">What messages call it.</param>
    /// <param name="threads">Threads that compute one call; 0 for the machine's cores.</param>
    /// <exception cref="OnnxModelException">It is not an ONNX file, or not one that this project wrote.</exception>
    public static OnnxPredictor Load(byte[] file, string name, int threads = 0)
    {
        ArgumentNullException.ThrowIfNull(file);
        using var options = new SessionOptions { IntraOpNumThreads = threads, LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR };

        // Threads that wait by spinning take the cores from whoever computes beside this process.
        options.AddSessionConfigEntry("session.intra_op.allow_spinning", "0");
        InferenceSession session;
        try
        {
            session = new InferenceSession(file, options);
        }
        catch (OnnxRuntimeException exception)
        {
            throw new OnnxModelException($"{name} is not an ONNX model that this runtime takes: {exception.Message}", exception);
        }

        try
        {
            var metadata = session.ModelMetadata.CustomMetadataMap;
            if (!session.InputMetadata.ContainsKey(Input) || !session.OutputMetadata.ContainsKey(Output)
                || !metadata.TryGetValue(ClassesKey, out var classes) || !metadata.TryGetValue(SizeKey, out var size))
            {
                throw new OnnxModelException($"{name} is an ONNX model, but not one of ours: it has no input '{Input}', output '{Output}' and metadata {ClassesKey}, {SizeKey}. Export it with 'maskwright export'.");
            }

            return new OnnxPredictor(
                session,
                JsonSerializer.Deserialize(classes, MetadataJson.Default.IReadOnlyListString)!,
                int.Parse(size, NumberStyles.None, CultureInfo.InvariantCulture));
        }
        catch (Exception exception) when (exception is JsonException or FormatException or OverflowException)
        {
            session.Dispose();
            throw new OnnxModelException($"The metadata of {name} cannot be read: {exception.Message}", exception);
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>Labels every pixel.</summary>
    /// <param name="image">An image of any size.</param>
    /// <param name="withConfidence">Whether it is asked how sure the model is of each pixel.</param>
    /// <returns>Class indices, and confidence where it was asked for, at the image's size.</returns>
    public LabelledImage Predict(RgbImage image, bool withConfidence)
    {
        ArgumentNullException.ThrowIfNull(image);
        return Score([image])[0].Label(image.Width, image.Height, withConfidence);
    }

    /// <summary>Scores images on the model's square.</summary>
    /// <param name="images">Images of any size.</param>
    public IReadOnlyList<ScoreGrid> Score(IReadOnlyList<RgbImage> images)
    {
        ArgumentNullException.ThrowIfNull(images);
        var each = _side * _side * 3;
        var pixels = new byte[images.Count * each];
        for (var i = 0; i < images.Count; i++)
        {
            var square = images[i].Width == _side && images[i].Height == _side ? images[i] : Resampling.Resize(images[i], _side, _side);
            square.Pixels.CopyTo(pixels, i * each);
        }

        using var input = OrtValue.CreateTensorValueFromMemory(pixels, [images.Count, _side, _side, 3]);
        using var run = new RunOptions();
        using var outputs = _session.Run(run, [Input], [input], [Output]);
        var scores = outputs[0].GetTensorDataAsSpan<float>();
        var grids = new ScoreGrid[images.Count];
        var length = scores.Length / images.Count;
        for (var i = 0; i < grids.Length; i++)
            grids[i] = new ScoreGrid(scores.Slice(i * length, length).ToArray(), Classes.Count, _side, _side);
        return grids;
    }

    /// <inheritdoc/>
    public void Dispose() => _session.Dispose();

    [JsonSerializable(typeof(IReadOnlyList<string>))]
    private sealed partial class MetadataJson : JsonSerializerContext;
}
