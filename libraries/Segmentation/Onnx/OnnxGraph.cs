using System.Globalization;
using System.Runtime.InteropServices;
using Google.Protobuf;
using static TorchSharp.torch;

namespace Maskwright.Segmentation.Onnx;

/// <summary>A graph as it grows: nodes in the order they are added, each giving its value a name of its own.</summary>
internal sealed class OnnxGraph
{
    private readonly GraphProto _graph = new() { Name = "segmentation" };
    private int _constants;

    /// <summary>The graph so far.</summary>
    public GraphProto Proto => _graph;

    /// <summary>Adds an operator and gives the name of its value.</summary>
    /// <param name="type">ONNX's name of the operator.</param>
    /// <param name="inputs">Names of values and constants.</param>
    /// <param name="attributes">Numbers (float or long), lists of long, or strings, by ONNX's names.</param>
    public string Add(string type, IEnumerable<string> inputs, params (string Name, object Value)[] attributes)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"{type}_{_graph.Node.Count}");
        _graph.Node.Add(new NodeProto
        {
            Name = name,
            OpType = type,
            Input = { inputs },
            Output = { name },
            Attribute = { attributes.Select(attribute => Attribute(attribute.Name, attribute.Value)) },
        });
        return name;
    }

    /// <summary>Adds a constant of floats under the name that the network gives it.</summary>
    public string Constant(string name, Tensor value)
    {
        using var plain = value.detach().cpu().to(ScalarType.Float32).contiguous();
        Add(name, value.shape, TensorProto.Types.DataType.Float, plain.bytes);
        return name;
    }

    /// <summary>Adds a constant of floats.</summary>
    public string Constant(ReadOnlySpan<float> values, params ReadOnlySpan<long> shape) =>
        Add(NextName(), shape, TensorProto.Types.DataType.Float, MemoryMarshal.AsBytes(values));

    /// <summary>Adds a constant list of whole numbers.</summary>
    public string Constant(ReadOnlySpan<long> values) =>
        Add(NextName(), [values.Length], TensorProto.Types.DataType.Int64, MemoryMarshal.AsBytes(values));

    private string NextName() => string.Create(CultureInfo.InvariantCulture, $"constant_{_constants++}");

    private string Add(string name, ReadOnlySpan<long> shape, TensorProto.Types.DataType type, ReadOnlySpan<byte> values)
    {
        _graph.Initializer.Add(new TensorProto { Name = name, Dims = { shape.ToArray() }, DataType = (int)type, RawData = ByteString.CopyFrom(values) });
        return name;
    }

    private static AttributeProto Attribute(string name, object value) => value switch
    {
        float number => new AttributeProto { Name = name, F = number, Type = AttributeProto.Types.AttributeType.Float },
        long number => new AttributeProto { Name = name, I = number, Type = AttributeProto.Types.AttributeType.Int },
        string text => new AttributeProto { Name = name, S = ByteString.CopyFromUtf8(text), Type = AttributeProto.Types.AttributeType.String },
        long[] numbers => new AttributeProto { Name = name, Ints = { numbers }, Type = AttributeProto.Types.AttributeType.Ints },
        _ => throw new ArgumentException($"An attribute of {value.GetType().Name} is not written here.", nameof(value)),
    };
}
