using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Maskwright.Segmentation;

/// <summary>What a device name asks for.</summary>
internal enum DeviceKind
{
    Auto,
    Cpu,
    Cuda,
}

/// <summary>A device as a person names it: <c>auto</c>, <c>cpu</c>, <c>cuda</c> or <c>cuda:N</c>.</summary>
internal sealed record DeviceName(DeviceKind Kind, int Index)
{
    /// <summary>The accepted forms, for messages.</summary>
    public const string Expected = "auto, cpu, cuda or cuda:N";

    public static bool TryParse(string name, [NotNullWhen(true)] out DeviceName? device)
    {
        var index = 0;
        DeviceKind? kind = name switch
        {
            "auto" => DeviceKind.Auto,
            "cpu" => DeviceKind.Cpu,
            "cuda" => DeviceKind.Cuda,
            _ when name.StartsWith("cuda:", StringComparison.Ordinal)
                && int.TryParse(name.AsSpan(5), NumberStyles.None, CultureInfo.InvariantCulture, out index) => DeviceKind.Cuda,
            _ => null,
        };
        device = kind is { } known ? new DeviceName(known, index) : null;
        return device is not null;
    }
}
