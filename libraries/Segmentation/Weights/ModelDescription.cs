using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Maskwright.Imaging;
using Maskwright.Segmentation.Networks;

namespace Maskwright.Segmentation;

/// <summary>What a weights file says of itself, so that whoever loads it prepares images as in training.</summary>
public sealed record ModelDescription
{
    private const string NetworkKey = "maskwright.network";
    private const string ClassesKey = "maskwright.classes";
    private const string AuxiliaryKey = "maskwright.auxiliary_head";
    private const string SizeKey = "maskwright.image_size";
    private const string MeanKey = "maskwright.mean";
    private const string DeviationKey = "maskwright.deviation";

    /// <summary>One of <see cref="NetworkOptions.Names"/>.</summary>
    public required string Network { get; init; }

    /// <summary>Names of the classes by index; the first is the background.</summary>
    public required IReadOnlyList<string> Classes { get; init; }

    /// <summary>Side in pixels of the square that images were resized to.</summary>
    public required int ImageSize { get; init; }

    /// <summary>Whether the file holds an auxiliary head.</summary>
    public bool AuxiliaryHead { get; init; }

    /// <summary>How pixel values become network input.</summary>
    public ImageNormalization Normalization { get; init; } = ImageNormalization.ImageNet;

    /// <summary>The network that the description asks for.</summary>
    public NetworkOptions ToNetworkOptions() => new() { Name = Network, Classes = Classes.Count, AuxiliaryHead = AuxiliaryHead };

    /// <summary>
    /// Refuses weights that were trained for as many classes as there are, but for others: their class layers would fit and
    /// mean something else. Another number of classes is no such danger, and a file that names none says nothing.
    /// </summary>
    /// <param name="metadata">The strings of the weights' file.</param>
    /// <param name="classes">The classes that are to be trained.</param>
    /// <param name="name">What messages call the file.</param>
    /// <exception cref="WeightsFormatException">The classes are others.</exception>
    public static void RequireClasses(IReadOnlyDictionary<string, string> metadata, IReadOnlyList<string> classes, string name)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        ArgumentNullException.ThrowIfNull(classes);
        if (!metadata.ContainsKey(ClassesKey))
        {
            return;
        }

        var trained = Read(metadata, ClassesKey, name, text => JsonSerializer.Deserialize(text, DescriptionJson.Default.IReadOnlyListString)!);
        if (trained.Count == classes.Count && !trained.SequenceEqual(classes, StringComparer.Ordinal))
        {
            throw new WeightsFormatException(
                $"{name} was trained for the classes {string.Join(", ", trained)}, and the dataset has {string.Join(", ", classes)}. Choose weights of the same classes, or of a backbone alone.");
        }
    }

    /// <summary>Refuses weights of a network that has another backbone. A file that names no network says nothing.</summary>
    /// <param name="metadata">The strings of the weights' file.</param>
    /// <param name="network">The network that is to be trained.</param>
    /// <param name="name">What messages call the file.</param>
    /// <exception cref="WeightsFormatException">The backbone is another.</exception>
    public static void RequireBackbone(IReadOnlyDictionary<string, string> metadata, string network, string name)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        ArgumentNullException.ThrowIfNull(network);
        if (metadata.TryGetValue(NetworkKey, out var trained) && BackboneOf(trained) != BackboneOf(network))
        {
            throw new WeightsFormatException($"{name} holds a {trained}, whose backbone is not that of {network}. Choose weights of the same backbone.");
        }

        // deeplabv3_resnet50: the head, and what it stands on.
        static string BackboneOf(string network) => network[(network.IndexOf('_', StringComparison.Ordinal) + 1)..];
    }

    /// <summary>As the strings of a safetensors file.</summary>
    internal Dictionary<string, string> ToMetadata() => new(StringComparer.Ordinal)
    {
        ["format"] = "pt",
        [NetworkKey] = Network,
        [ClassesKey] = JsonSerializer.Serialize(Classes, DescriptionJson.Default.IReadOnlyListString),
        [AuxiliaryKey] = AuxiliaryHead ? "true" : "false",
        [SizeKey] = ImageSize.ToString(CultureInfo.InvariantCulture),
        [MeanKey] = JsonSerializer.Serialize(Normalization.Mean, DescriptionJson.Default.IReadOnlyListSingle),
        [DeviationKey] = JsonSerializer.Serialize(Normalization.Deviation, DescriptionJson.Default.IReadOnlyListSingle),
    };

    /// <summary>Reads the strings back.</summary>
    /// <exception cref="WeightsFormatException">A string is missing or has no sense; the message names it.</exception>
    internal static ModelDescription FromMetadata(IReadOnlyDictionary<string, string> metadata, string name)
    {
        var description = new ModelDescription
        {
            Network = Read(metadata, NetworkKey, name, text => text),
            Classes = Read(metadata, ClassesKey, name, text => JsonSerializer.Deserialize(text, DescriptionJson.Default.IReadOnlyListString)!),
            ImageSize = Read(metadata, SizeKey, name, text => int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture)),
            AuxiliaryHead = Read(metadata, AuxiliaryKey, name, bool.Parse),
            Normalization = new ImageNormalization(
                Read(metadata, MeanKey, name, ReadChannels), Read(metadata, DeviationKey, name, ReadChannels)),
        };
        if (!NetworkOptions.Names.Contains(description.Network) || description.Classes.Count is < 2 or > 255
            || description.ImageSize is < TrainingOptions.MinImageSize or > TrainingOptions.MaxImageSize)
        {
            throw new WeightsFormatException(
                $"{name} describes network '{description.Network}', {description.Classes.Count} classes, images of {description.ImageSize} pixels; "
                + $"expected one of {string.Join(", ", NetworkOptions.Names)}, 2 to 255 classes and {TrainingOptions.MinImageSize} to {TrainingOptions.MaxImageSize} pixels.");
        }

        return description;
    }

    private static IReadOnlyList<float> ReadChannels(string text)
    {
        var values = JsonSerializer.Deserialize(text, DescriptionJson.Default.IReadOnlyListSingle);
        return values is { Count: 3 } && values.All(float.IsFinite) ? values : throw new FormatException("expected three numbers");
    }

    private static T Read<T>(IReadOnlyDictionary<string, string> metadata, string key, string name, Func<string, T> parse)
    {
        if (!metadata.TryGetValue(key, out var text))
        {
            throw new WeightsFormatException($"{name} has no metadata string {key}; expected a file that this program's training wrote.");
        }

        try
        {
            return parse(text) ?? throw new FormatException("expected a value");
        }
        catch (Exception e) when (e is FormatException or OverflowException or JsonException)
        {
            throw new WeightsFormatException($"Metadata string {key} of {name} is '{text}': {e.Message}", e);
        }
    }
}

/// <summary>JSON of the description's lists.</summary>
[JsonSerializable(typeof(IReadOnlyList<string>))]
[JsonSerializable(typeof(IReadOnlyList<float>))]
internal sealed partial class DescriptionJson : JsonSerializerContext;
