using Google.Protobuf;
using Maskwright.Imaging;
using Maskwright.OnnxInference;
using Maskwright.Segmentation.Networks;
using static TorchSharp.torch;

namespace Maskwright.Segmentation.Onnx;

/// <summary>
/// Writes a model as an ONNX file (operator set 18) that runs without libtorch. Its input <c>pixels</c> is 8-bit RGB,
/// <c>[N, S, S, 3]</c> with any N, images stretched to the network's square as the metadata says; normalisation is inside. Its
/// output <c>scores</c> is <c>[N, C, S, S]</c> before soft maximum.
/// </summary>
public static class OnnxExport
{
    private const long IrVersion = 8;
    private const long OperatorSet = 18;

    /// <summary>Writes the file.</summary>
    /// <param name="model">The model; the auxiliary head, which serves training alone, is left out.</param>
    /// <param name="programVersion">Version of the program that writes it.</param>
    /// <param name="side">Side of the square, in pixels; null for the one that the model was trained at.</param>
    public static byte[] Write(TrainedModel model, string programVersion, int? side = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        var description = model.Description with { ImageSize = side ?? model.Description.ImageSize };
        return Write(model.Network, description, programVersion);
    }

    private static byte[] Write(SegmentationNetwork network, ModelDescription description, string programVersion)
    {
        using var scope = NewDisposeScope();
        var side = description.ImageSize;
        var graph = new OnnxGraph();
        graph.Proto.Input.Add(Value(OnnxPredictor.Input, TensorProto.Types.DataType.Uint8, side, side, 3));
        var images = Normalize(graph, description.Normalization);
        var scores = new NetworkExport(graph, side).Export(network, images);
        graph.Proto.Node.Add(new NodeProto { Name = OnnxPredictor.Output, OpType = "Identity", Input = { scores }, Output = { OnnxPredictor.Output } });
        graph.Proto.Output.Add(Value(OnnxPredictor.Output, TensorProto.Types.DataType.Float, description.Classes.Count, side, side));
        return new ModelProto
        {
            IrVersion = IrVersion,
            ProducerName = "maskwright",
            ProducerVersion = programVersion,
            Graph = graph.Proto,
            OpsetImport = { new OperatorSetIdProto { Version = OperatorSet } },
            MetadataProps = { description.ToMetadata().Select(pair => new StringStringEntryProto { Key = pair.Key, Value = pair.Value }) },
        }.ToByteArray();
    }

    // (v / 255 - mean) / deviation as one product and one sum.
    private static string Normalize(OnnxGraph graph, ImageNormalization normalization)
    {
        var planes = graph.Add("Transpose", [OnnxPredictor.Input], ("perm", new long[] { 0, 3, 1, 2 }));
        var values = graph.Add("Cast", [planes], ("to", (long)TensorProto.Types.DataType.Float));
        float[] factors = [.. normalization.Deviation.Select(deviation => 1 / (255 * deviation))];
        float[] offsets = [.. normalization.Mean.Zip(normalization.Deviation, (mean, deviation) => -mean / deviation)];
        var scaled = graph.Add("Mul", [values, graph.Constant(factors, 1, 3, 1, 1)]);
        return graph.Add("Add", [scaled, graph.Constant(offsets, 1, 3, 1, 1)]);
    }

    private static ValueInfoProto Value(string name, TensorProto.Types.DataType type, params ReadOnlySpan<long> lengths)
    {
        var shape = new TensorShapeProto { Dim = { new TensorShapeProto.Types.Dimension { DimParam = "N" } } };
        foreach (var length in lengths)
            shape.Dim.Add(new TensorShapeProto.Types.Dimension { DimValue = length });
        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)type, Shape = shape } } };
    }
}
