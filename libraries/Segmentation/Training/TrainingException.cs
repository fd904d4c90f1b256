namespace Maskwright.Segmentation;

/// <summary>A run cannot start or go on; the message names the option or the step, and the cure.</summary>
public sealed class TrainingException(string message) : Exception(message);
