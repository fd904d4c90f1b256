using Maskwright.Segmentation.Networks;
using static TorchSharp.torch;

namespace Maskwright.Segmentation;

/// <summary>A network with its weights and what they were trained for.</summary>
public sealed class TrainedModel : IDisposable
{
    internal TrainedModel(SegmentationNetwork network, ModelDescription description)
    {
        Network = network;
        Description = description;
    }

    /// <summary>The network; it is disposed with the model.</summary>
    public SegmentationNetwork Network { get; }

    /// <summary>Classes, image size and normalisation.</summary>
    public ModelDescription Description { get; }

    /// <summary>A model with freshly drawn weights, on the CPU and in evaluation mode.</summary>
    /// <param name="description">Its network, classes and image size.</param>
    /// <param name="seed">Seed of the weights.</param>
    /// <exception cref="TorchUnavailableException">libtorch cannot be loaded.</exception>
    public static TrainedModel Create(ModelDescription description, long seed)
    {
        ArgumentNullException.ThrowIfNull(description);
        var network = SegmentationNetwork.Create(description.ToNetworkOptions(), seed);
        network.eval();
        return new TrainedModel(network, description);
    }

    /// <summary>Loads a safetensors file that training wrote, onto the CPU and in evaluation mode.</summary>
    /// <param name="file">The whole file.</param>
    /// <param name="name">What messages call it.</param>
    /// <exception cref="WeightsFormatException">The file is damaged, not described, or its tensors are not those of its network.</exception>
    /// <exception cref="TorchUnavailableException">libtorch cannot be loaded.</exception>
    public static TrainedModel Load(ReadOnlyMemory<byte> file, string name)
    {
        var stored = SafeTensorsFile.Read(file, name);
        var description = ModelDescription.FromMetadata(stored.Metadata, name);
        var network = SegmentationNetwork.Create(description.ToNetworkOptions(), seed: 0);
        try
        {
            CopyInto(network, stored, name);
            network.eval();
            return new TrainedModel(network, description);
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    /// <summary>Every parameter and buffer with torchvision's names, and the description, as a safetensors file.</summary>
    public SafeTensorsFile ToFile()
    {
        using var scope = NewDisposeScope();
        var tensors = Network.state_dict().Select(pair => Store(pair.Key, pair.Value)).ToList();
        return new SafeTensorsFile(Description.ToMetadata(), tensors);
    }

    /// <summary>Writes what <see cref="ToFile"/> gives, tensor by tensor.</summary>
    internal void Write(Stream destination)
    {
        using var scope = NewDisposeScope();
        SafeTensorsFile.Write(destination, Description.ToMetadata(), Network.state_dict().Select(pair => (pair.Key, pair.Value)));
    }

    /// <summary>Takes the weights of a file that <see cref="Write"/> made of a network of the same form.</summary>
    /// <exception cref="WeightsFormatException">Its tensors are not those of the network.</exception>
    internal void Restore(SafeTensorsFile stored, string name) => CopyInto(Network, stored, name);

    /// <inheritdoc/>
    public void Dispose() => Network.Dispose();

    private static void CopyInto(SegmentationNetwork network, SafeTensorsFile stored, string name)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var state = network.state_dict();
        var missing = state.Keys.Except(stored.Tensors.Keys).Order(StringComparer.Ordinal).ToList();
        var unexpected = stored.Tensors.Keys.Except(state.Keys).Order(StringComparer.Ordinal).ToList();
        if (missing.Count + unexpected.Count > 0)
        {
            throw new WeightsFormatException(
                $"The tensors of {name} are not those of {network.Options.Name}: {missing.Count} missing ({First(missing)}), {unexpected.Count} unexpected ({First(unexpected)}).");
        }

        foreach (var (key, target) in state)
        {
            stored.Tensors[key].CopyInto(target, name);
        }
    }

    private static string First(List<string> keys) => keys.Count == 0 ? "none" : keys.Count == 1 ? keys[0] : $"{keys[0]}, …";

    private static StoredTensor Store(string key, Tensor tensor) =>
        new(key, StoredTensor.TypeOf(tensor), tensor.shape, tensor.detach().cpu().contiguous().bytes.ToArray());
}
