using SkiaSharp;

namespace Maskwright.Imaging;

/// <summary>
/// Letters of 5 x 7 dots for a machine without any font: printable ASCII; any other character shows as '?'.
/// </summary>
internal sealed class DotLettering : Lettering
{
    private const int Columns = 5;
    private const int Rows = 7;
    private const char First = ' ';
    private const char Last = '~';

    // Five columns a character from ' ' to '~', the lowest bit on top.
    private const string Glyphs =
        "0000000000" + "00005F0000" + "0007000700" + "147F147F14" + "242A7F2A12" + "2313086462" + "3649562050" + "0005030000" // space to '
        + "001C224100" + "0041221C00" + "14083E0814" + "08083E0808" + "0050300000" + "0808080808" + "0060600000" + "2010080402" // ( to /
        + "3E5149453E" + "00427F4000" + "4261514946" + "2141454B31" + "1814127F10" + "2745454539" + "3C4A494930" + "0171090503" // 0 to 7
        + "3649494936" + "064949291E" + "0036360000" + "0056360000" + "0814224100" + "1414141414" + "0041221408" + "0201510906" // 8 to ?
        + "324979413E" + "7E1111117E" + "7F49494936" + "3E41414122" + "7F4141221C" + "7F49494941" + "7F09090901" + "3E4149497A" // @ to G
        + "7F0808087F" + "00417F4100" + "2040413F01" + "7F08142241" + "7F40404040" + "7F020C027F" + "7F0408107F" + "3E4141413E" // H to O
        + "7F09090906" + "3E4151215E" + "7F09192946" + "4649494931" + "01017F0101" + "3F4040403F" + "1F2040201F" + "3F4038403F" // P to W
        + "6314081463" + "0708700807" + "6151494543" + "007F414100" + "0204081020" + "0041417F00" + "0402010204" + "4040404040" // X to _
        + "0001020400" + "2054545478" + "7F48444438" + "3844444420" + "384444487F" + "3854545418" + "087E090102" + "0C5252523E" // ` to g
        + "7F08040478" + "00447D4000" + "2040443D00" + "7F10284400" + "00417F4000" + "7C04180478" + "7C08040478" + "3844444438" // h to o
        + "7C14141408" + "081414187C" + "7C08040408" + "4854545420" + "043F444020" + "3C4040207C" + "1C2040201C" + "3C4030403C" // p to w
        + "4428102844" + "0C5050503C" + "4464544C44" + "0008364100" + "00007F0000" + "0041360800" + "0804081008"; // x to ~

    private static readonly byte[] Dots = Convert.FromHexString(Glyphs);

    public override float Measure(string text, float size) => text.Length == 0 ? 0 : (text.Length * (Columns + 1) - 1) * Dot(size);

    public override void Draw(SKCanvas canvas, string text, float x, float baseline, float size, SKColor colour)
    {
        var dot = Dot(size);
        // On whole pixels and without antialiasing the dots stay sharp.
        using var paint = new SKPaint { Color = colour, IsAntialias = false };
        var (left, top) = (MathF.Round(x), MathF.Round(baseline) - Rows * dot);
        foreach (var character in text)
        {
            var glyph = Glyph(character);
            for (var column = 0; column < Columns; column++)
            {
                for (var row = 0; row < Rows; row++)
                {
                    if ((glyph[column] >> row & 1) == 1)
                    {
                        canvas.DrawRect(left + column * dot, top + row * dot, dot, dot, paint);
                    }
                }
            }

            left += (Columns + 1) * dot;
        }
    }

    /// <summary>The five columns of a character.</summary>
    public static ReadOnlySpan<byte> Glyph(char character) =>
        Dots.AsSpan(((character is >= First and <= Last ? character : '?') - First) * Columns, Columns);

    private static int Dot(float size) => Math.Max(1, (int)MathF.Round(size / (Rows + 3)));
}
