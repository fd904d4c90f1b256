using static TorchSharp.torch;

namespace Maskwright.Segmentation;

/// <summary>The tensors of a checkpoint that are not the network's: what the optimiser and the average remember.</summary>
/// <param name="file">The file.</param>
/// <param name="name">What messages call it.</param>
internal sealed class StoredState(SafeTensorsFile file, string name)
{
    /// <summary>Whether there is such a tensor.</summary>
    public bool Has(string key) => file.Tensors.ContainsKey(key);

    /// <summary>Copies a tensor into one of the same shape.</summary>
    /// <exception cref="WeightsFormatException">It is not there, or of another shape.</exception>
    public void CopyInto(string key, Tensor target)
    {
        if (!file.Tensors.TryGetValue(key, out var stored))
        {
            throw new WeightsFormatException($"{name} has no tensor {key}: it belongs to a run with other options.");
        }

        stored.CopyInto(target, name);
    }
}
