namespace Maskwright.Imaging;

/// <summary>A colour for each of the 256 values of a mask.</summary>
public sealed class Palette
{
    private readonly (byte R, byte G, byte B)[] _colours;

    /// <summary>Creates a palette.</summary>
    /// <param name="colours">Colours of class 0, 1, …; 1 to 255 of them. They repeat, without the first, for the rest.</param>
    /// <param name="ignore">Colour of <see cref="IndexMask.Ignore"/>.</param>
    /// <exception cref="ArgumentException">Fewer than 2 or more than 255 colours.</exception>
    public Palette(IReadOnlyList<(byte R, byte G, byte B)> colours, (byte R, byte G, byte B) ignore)
    {
        ArgumentNullException.ThrowIfNull(colours);
        if (colours.Count is < 2 or > IndexMask.Ignore)
        {
            throw new ArgumentException($"A palette needs 2 to 255 colours, not {colours.Count}.", nameof(colours));
        }

        _colours = new (byte, byte, byte)[256];
        for (var i = 0; i < IndexMask.Ignore; i++)
        {
            _colours[i] = i == 0 ? colours[0] : colours[1 + (i - 1) % (colours.Count - 1)];
        }

        _colours[IndexMask.Ignore] = ignore;
    }

    /// <summary>
    /// Near-black background, then 24 colours that stay apart under the common colour blindnesses: the eight of Okabe
    /// and Ito ("Color Universal Design", 2008) and Paul Tol's muted and light schemes. Ignore is near-white.
    /// </summary>
    public static Palette Default { get; } = new(
        [
            (20, 20, 24),
            (230, 159, 0), (86, 180, 233), (0, 158, 115), (240, 228, 66), (204, 121, 167), (0, 114, 178), (213, 94, 0),
            (136, 34, 85), (153, 153, 51), (51, 34, 136), (68, 170, 153), (221, 204, 119), (170, 68, 153), (17, 119, 51),
            (204, 102, 119), (136, 204, 238), (119, 170, 221), (238, 136, 102), (238, 221, 136), (255, 170, 187),
            (153, 221, 255), (187, 204, 51), (170, 170, 0), (102, 102, 102),
        ],
        ignore: (245, 245, 245));

    /// <summary>Colour of a class index.</summary>
    /// <param name="index">0 to 255.</param>
    public (byte R, byte G, byte B) this[int index] => _colours[index];
}
