using System.Buffers;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Maskwright.Segmentation;

/// <summary>Some samples ready for a network, in buffers that are handed back on disposal.</summary>
internal sealed class Batch : IDisposable
{
    private readonly int _size;
    private readonly float[] _images;
    private readonly byte[] _masks;

    /// <summary>A batch to be filled.</summary>
    /// <param name="keys">Keys of the samples in order.</param>
    /// <param name="size">Side of images and masks, in pixels.</param>
    public Batch(IReadOnlyList<string> keys, int size)
    {
        _size = size;
        Keys = keys;
        _images = ArrayPool<float>.Shared.Rent(keys.Count * size * size * 3);
        _masks = ArrayPool<byte>.Shared.Rent(keys.Count * size * size);
    }

    /// <summary>Keys of the samples in order.</summary>
    public IReadOnlyList<string> Keys { get; }

    /// <summary>Number of samples, N.</summary>
    public int Count => Keys.Count;

    /// <summary>Class indices, shape [N, S, S].</summary>
    public ReadOnlySpan<byte> Masks => _masks.AsSpan(0, Count * _size * _size);

    /// <summary>Where the normalised image of one sample goes, shape [S, S, 3].</summary>
    public Span<float> Image(int index) => _images.AsSpan(index * _size * _size * 3, _size * _size * 3);

    /// <summary>Where the mask of one sample goes, shape [S, S].</summary>
    public Span<byte> Mask(int index) => _masks.AsSpan(index * _size * _size, _size * _size);

    /// <summary>The images as [N, 3, S, S] with channels-last strides.</summary>
    public Tensor ToImages(Device device)
    {
        using var scope = NewDisposeScope();
        var interleaved = empty([Count, _size, _size, 3], dtype: ScalarType.Float32);
        MemoryMarshal.AsBytes(_images.AsSpan(0, Count * _size * _size * 3)).CopyTo(interleaved.bytes);
        return Send(interleaved, device).permute(0, 3, 1, 2).MoveToOuterDisposeScope();
    }

    /// <summary>The masks as 64-bit class indices [N, S, S].</summary>
    public Tensor ToTarget(Device device)
    {
        using var scope = NewDisposeScope();
        var indices = empty([Count, _size, _size], dtype: ScalarType.Byte);
        Masks.CopyTo(indices.bytes);
        return Send(indices, device).to(ScalarType.Int64).MoveToOuterDisposeScope();
    }

    // From pinned memory a GPU copies by itself while the host goes on.
    private static Tensor Send(Tensor tensor, Device device) => device.type == TorchSharp.DeviceType.CUDA
        ? tensor.pin_memory().to(device, non_blocking: true)
        : tensor.to(device);

    /// <inheritdoc/>
    public void Dispose()
    {
        ArrayPool<float>.Shared.Return(_images);
        ArrayPool<byte>.Shared.Return(_masks);
    }
}
