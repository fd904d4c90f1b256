using SkiaSharp;

namespace Maskwright.Datasets;

/// <summary>
/// Draws each shape twice: shaded and smooth-edged into the picture, and flat with hard edges into the instance map,
/// where a pixel's value is the number of the object on top (0 = none). Later shapes cover earlier ones in both, so
/// the map holds exactly the visible region of every object.
/// </summary>
internal sealed class Brush : IDisposable
{
    private readonly SKBitmap _picture;
    private readonly SKBitmap _instances;
    private readonly SKCanvas _pictureCanvas;
    private readonly SKCanvas _instanceCanvas;
    private readonly SKPaint _paint = new() { IsAntialias = true, StrokeCap = SKStrokeCap.Round, StrokeJoin = SKStrokeJoin.Round };
    private readonly SKPaint _flat = new() { IsAntialias = false, StrokeCap = SKStrokeCap.Round, StrokeJoin = SKStrokeJoin.Round };
    private int _instance;

    public Brush(int width, int height)
    {
        Width = width;
        Height = height;
        var info = new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque);
        _picture = new SKBitmap(info);
        _instances = new SKBitmap(info);
        _instances.Erase(SKColors.Black);
        _pictureCanvas = new SKCanvas(_picture);
        _instanceCanvas = new SKCanvas(_instances);
    }

    public int Width { get; }

    public int Height { get; }

    /// <summary>The picture's pixels, RGBA, row-major.</summary>
    public ReadOnlySpan<byte> Picture => _picture.GetPixelSpan();

    /// <summary>The number of the object on top of each pixel, row-major; 0 = none.</summary>
    public ushort[] Instances()
    {
        var pixels = _instances.GetPixelSpan();
        var map = new ushort[Width * Height];
        for (var i = 0; i < map.Length; i++)
            map[i] = (ushort)(pixels[4 * i] | (pixels[4 * i + 1] << 8));
        return map;
    }

    /// <summary>Starts an object: shapes that follow are in its own units and belong to it. 0 = scenery, which owns no pixel.</summary>
    public void Place(SKMatrix placement, int instance)
    {
        _instance = instance;
        _pictureCanvas.SetMatrix(placement);
        _instanceCanvas.SetMatrix(placement);
        _flat.Color = new SKColor((byte)instance, (byte)(instance >> 8), 0);
    }

    /// <summary>Fills (or strokes, when a width is given) a path in SVG notation.</summary>
    public void Shape(string svg, SKColor colour, float stroke = 0)
    {
        using var path = SKPath.ParseSvgPathData(svg)
            ?? throw new ArgumentException($"'{svg}' is not an SVG path.", nameof(svg));
        Draw(path, colour, stroke);
    }

    public void Polygon(SKColor colour, params ReadOnlySpan<SKPoint> corners)
    {
        using var builder = new SKPathBuilder();
        builder.AddPoly(corners, close: true);
        using var path = builder.Detach();
        Draw(path, colour, stroke: 0);
    }

    /// <summary>A line with round ends through the joints.</summary>
    public void Limb(SKColor colour, float width, params ReadOnlySpan<SKPoint> joints)
    {
        using var builder = new SKPathBuilder();
        builder.AddPoly(joints, close: false);
        using var path = builder.Detach();
        Draw(path, colour, width);
    }

    public void Oval(float x, float y, float radiusX, float radiusY, SKColor colour, float stroke = 0)
    {
        using var builder = new SKPathBuilder();
        builder.AddOval(new SKRect(x - radiusX, y - radiusY, x + radiusX, y + radiusY));
        using var path = builder.Detach();
        Draw(path, colour, stroke);
    }

    public void Disc(float x, float y, float radius, SKColor colour, float stroke = 0) => Oval(x, y, radius, radius, colour, stroke);

    public void Box(float left, float top, float right, float bottom, float corner, SKColor colour)
    {
        using var builder = new SKPathBuilder();
        builder.AddRoundRect(new SKRect(left, top, right, bottom), corner, corner);
        using var path = builder.Detach();
        Draw(path, colour, stroke: 0);
    }

    /// <summary>Fills the whole picture (scenery) from top to bottom.</summary>
    public void Backdrop(float top, float bottom, SKColor upper, SKColor lower)
    {
        using var shader = SKShader.CreateLinearGradient(
            new SKPoint(0, top), new SKPoint(0, bottom), [upper, lower], SKShaderTileMode.Clamp);
        _paint.Style = SKPaintStyle.Fill;
        _paint.Color = SKColors.Black;
        _paint.Shader = shader;
        _pictureCanvas.ResetMatrix();
        _pictureCanvas.DrawRect(0, top, Width, bottom - top, _paint);
        _paint.Shader = null;
    }

    /// <summary>A soft shadow: darkens the picture and owns no pixel.</summary>
    public void Shadow(float x, float y, float radiusX, float radiusY)
    {
        using var shader = SKShader.CreateRadialGradient(
            new SKPoint(0, 0), 1, [new SKColor(0, 0, 0, 110), new SKColor(0, 0, 0, 70), SKColors.Transparent], [0, 0.6f, 1], SKShaderTileMode.Clamp);
        _pictureCanvas.Save();
        _pictureCanvas.Translate(x, y);
        _pictureCanvas.Scale(radiusX, radiusY);
        _paint.Style = SKPaintStyle.Fill;
        _paint.Color = SKColors.Black;
        _paint.Shader = shader;
        _pictureCanvas.DrawCircle(0, 0, 1, _paint);
        _paint.Shader = null;
        _pictureCanvas.Restore();
    }

    public void Dispose()
    {
        _pictureCanvas.Dispose();
        _instanceCanvas.Dispose();
        _picture.Dispose();
        _instances.Dispose();
        _paint.Dispose();
        _flat.Dispose();
    }

    private void Draw(SKPath path, SKColor colour, float stroke)
    {
        var style = stroke > 0 ? SKPaintStyle.Stroke : SKPaintStyle.Fill;
        var bounds = path.Bounds;
        // Light from above: each part is a little brighter at its top than at its bottom.
        using var shader = SKShader.CreateLinearGradient(
            new SKPoint(0, bounds.Top), new SKPoint(0, bounds.Bottom + 1e-3f), [Shade(colour, 1.12f), Shade(colour, 0.82f)], SKShaderTileMode.Clamp);
        _paint.Style = style;
        _paint.StrokeWidth = stroke;
        _paint.Shader = shader;
        _pictureCanvas.DrawPath(path, _paint);
        _paint.Shader = null;

        if (_instance != 0)
        {
            _flat.Style = style;
            _flat.StrokeWidth = stroke;
            _instanceCanvas.DrawPath(path, _flat);
        }
    }

    private static SKColor Shade(SKColor colour, float factor) =>
        new(Scale(colour.Red, factor), Scale(colour.Green, factor), Scale(colour.Blue, factor), colour.Alpha);

    private static byte Scale(byte value, float factor) => (byte)Math.Clamp(value * factor, 0, 255);
}
