using Maskwright.Segmentation.Networks;
using static TorchSharp.torch;

namespace Maskwright.Segmentation;

/// <summary>
/// Gives a new network the weights of another: a whole segmentation network's, or a backbone's that was trained to classify
/// images (torchvision's <c>mobilenet_v3_large</c>, <c>resnet50</c>, <c>resnet101</c>).
/// </summary>
public static class WeightTransfer
{
    private const string BackbonePrefix = "backbone.";
    private const string CounterSuffix = "num_batches_tracked";

    // The convolutions that have one output for each class; all else fits any number of classes.
    private static readonly string[] ClassLayers =
        ["classifier.4.", "aux_classifier.4.", "classifier.low_classifier.", "classifier.high_classifier."];

    /// <summary>Reads a safetensors or PyTorch file, whichever it is.</summary>
    /// <param name="file">The whole file.</param>
    /// <param name="name">What messages call it.</param>
    /// <returns>Its tensors by name.</returns>
    /// <exception cref="WeightsFormatException">It is neither, or damaged.</exception>
    public static IReadOnlyDictionary<string, StoredTensor> Read(ReadOnlyMemory<byte> file, string name) =>
        PyTorchFile.Is(file.Span) ? PyTorchFile.Read(file, name) : SafeTensorsFile.Read(file, name).Tensors;

    /// <summary>
    /// Copies every tensor that fits. A backbone must be there as a whole; a class layer of another size, and heads that the
    /// file has not, keep their new weights.
    /// </summary>
    /// <param name="network">Gets the weights.</param>
    /// <param name="tensors">The weights by torchvision's names.</param>
    /// <param name="name">What messages call the file.</param>
    /// <returns>What was taken and what was not, in a sentence.</returns>
    /// <exception cref="WeightsFormatException">They are another network's; the message names the first tensors that do not fit.</exception>
    public static string Apply(SegmentationNetwork network, IReadOnlyDictionary<string, StoredTensor> tensors, string name)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(tensors);
        var whole = tensors.Keys.Any(key => key.StartsWith(BackbonePrefix, StringComparison.Ordinal));
        var named = whole ? tensors : Backbone(tensors);
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var state = network.state_dict();
        var groups = state.Keys.GroupBy(key => key[..key.IndexOf('.', StringComparison.Ordinal)]).ToDictionary(group => group.Key, group => group.ToList());
        var fresh = new List<string>();
        var taken = new List<string>();
        foreach (var (group, keys) in groups)
        {
            if (group != "backbone" && !keys.Exists(named.ContainsKey))
            {
                fresh.Add($"{group} (not in the file)");
                continue;
            }

            taken.Add(group);
            Copy(state, keys, named, network.Options.Name, name, fresh);
        }

        var ignored = whole && tensors.Keys.Any(key => key.StartsWith("aux_classifier.", StringComparison.Ordinal)) && !network.Options.AuxiliaryHead
            ? "; left out: aux_classifier"
            : string.Empty;
        return $"initial weights of {name}: took {string.Join(", ", taken)}{(fresh.Count > 0 ? $"; new weights: {string.Join(", ", fresh)}" : string.Empty)}{ignored}";
    }

    private static void Copy(
        Dictionary<string, Tensor> state, List<string> keys, IReadOnlyDictionary<string, StoredTensor> tensors, string network, string name, List<string> fresh)
    {
        foreach (var key in keys)
        {
            var target = state[key];
            if (!tensors.TryGetValue(key, out var source))
            {
                // Files of the first PyTorch versions have no counters; nothing depends on them.
                if (key.EndsWith(CounterSuffix, StringComparison.Ordinal))
                {
                    continue;
                }

                throw new WeightsFormatException($"{name} has no tensor {key}, which {network} needs. Choose weights of the same network, or of its backbone alone.");
            }

            if (source.Shape.SequenceEqual(target.shape))
            {
                target.copy_(source.ToTensor());
            }
            else if (ClassLayers.FirstOrDefault(layer => key.StartsWith(layer, StringComparison.Ordinal)) is { } layer
                && source.Shape.Skip(1).SequenceEqual(target.shape.Skip(1)))
            {
                if (key.EndsWith("weight", StringComparison.Ordinal))
                {
                    fresh.Add($"{layer.TrimEnd('.')} ({source.Shape[0]} classes in the file, {target.shape[0]} here)");
                }
            }
            else
            {
                throw new WeightsFormatException(
                    $"Tensor {key} of {name} has shape [{string.Join(", ", source.Shape)}]; {network} expects [{string.Join(", ", target.shape)}]. Choose weights of the same network.");
            }
        }
    }

    // A classifier's file names its backbone's layers without a prefix, MobileNetV3's below "features".
    private static Dictionary<string, StoredTensor> Backbone(IReadOnlyDictionary<string, StoredTensor> tensors)
    {
        const string Features = "features.";
        var mobile = tensors.Keys.Any(key => key.StartsWith(Features, StringComparison.Ordinal));
        return tensors.Where(pair => !mobile || pair.Key.StartsWith(Features, StringComparison.Ordinal))
            .ToDictionary(pair => BackbonePrefix + (mobile ? pair.Key[Features.Length..] : pair.Key), pair => pair.Value, StringComparer.Ordinal);
    }
}

/// <summary>Weights that a run begins with.</summary>
/// <param name="Name">What messages call them.</param>
/// <param name="Tensors">The tensors by torchvision's names.</param>
public sealed record NamedWeights(string Name, IReadOnlyDictionary<string, StoredTensor> Tensors);
