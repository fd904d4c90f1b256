namespace Maskwright.Segmentation;

/// <summary>A run cannot start or go on; the message names the option or the step, and the cure.</summary>
public sealed class TrainingException(string message) : Exception(message);

/// <summary>A loss or gradient is no longer a finite number; the message names the step and its samples.</summary>
public sealed class TrainingDivergedException(string message) : Exception(message);
