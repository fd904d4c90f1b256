namespace Maskwright.OnnxInference;

/// <summary>A file is not an ONNX model that this project wrote; the message names what is missing.</summary>
public sealed class OnnxModelException(string message, Exception? inner = null) : Exception(message, inner);
