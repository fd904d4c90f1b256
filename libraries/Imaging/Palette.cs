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
    /// Near-black background, near-white ignore, 24 colours between them: the seven of Okabe and Ito ("Color Universal
    /// Design", 2008), then each the one farthest from all before it. Any two are at least 15 apart in CIELAB, also as
    /// protanopes, deuteranopes and tritanopes see them (Machado et al., 2009).
    /// </summary>
    public static Palette Default { get; } = new(
        [
            (20, 20, 24),
            (230, 159, 0), (86, 180, 233), (0, 158, 115), (240, 228, 66), (204, 121, 167), (0, 114, 178), (213, 94, 0),
            (135, 0, 240), (90, 45, 0), (45, 30, 150), (0, 255, 135), (135, 0, 90), (150, 120, 255), (225, 0, 75),
            (165, 210, 165), (60, 0, 90), (180, 165, 75), (75, 105, 60), (210, 0, 180), (165, 225, 255), (135, 75, 0),
            (150, 30, 210), (60, 45, 30), (135, 90, 135),
        ],
        ignore: (245, 245, 245));

    /// <summary>Each value as that shade of grey, black to white.</summary>
    public static Palette Grey { get; } = new([.. Enumerable.Range(0, 255).Select(value => ((byte)value, (byte)value, (byte)value))], ignore: (255, 255, 255));

    /// <summary>Colour of a class index.</summary>
    /// <param name="index">0 to 255.</param>
    public (byte R, byte G, byte B) this[int index] => _colours[index];
}
