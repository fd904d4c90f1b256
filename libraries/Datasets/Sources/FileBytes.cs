using System.Buffers;

namespace Maskwright.Datasets;

/// <summary>
/// All bytes of a file, in an array of the pool: pictures are too large for the young generation, and an array each would
/// have the whole heap collected every few dozen of them.
/// </summary>
internal sealed class FileBytes : IDisposable
{
    private readonly int _length;
    private byte[]? _array;

    /// <param name="length">How many; they are not cleared.</param>
    public FileBytes(int length) => (_array, _length) = (ArrayPool<byte>.Shared.Rent(length), length);

    /// <summary>The bytes, to be written by whoever made this.</summary>
    /// <exception cref="ObjectDisposedException">They were given back.</exception>
    public Memory<byte> Memory => (_array ?? throw new ObjectDisposedException(nameof(FileBytes))).AsMemory(0, _length);

    /// <inheritdoc cref="Memory"/>
    public Span<byte> Span => Memory.Span;

    /// <summary>Gives the array back. Nobody may hold any part of it any more.</summary>
    public void Dispose()
    {
        if (_array is { } array)
            ArrayPool<byte>.Shared.Return(array);
        _array = null;
    }
}
