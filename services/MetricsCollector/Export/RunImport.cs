using System.IO.Compression;
using Google.Protobuf;
using Maskwright.Metrics.V1;

namespace Maskwright.MetricsCollector;

/// <summary>
/// Reads the zip of a run. Only the entries that an export has are looked at, each within bounds: nothing of the zip becomes a
/// path or a key, and nothing but single pictures is unpacked whole.
/// </summary>
internal sealed class RunImport : IAsyncDisposable
{
    private const int MaxRunCharacters = 8 * 1024 * 1024;
    private const int MaxLineCharacters = 128 * 1024;
    private const long MaxLines = 1_000_000_000;
    private const int BatchPoints = 10_000;
    private const int BatchLines = 1_000;

    private readonly ZipArchive _zip;

    private RunImport(ZipArchive zip, Run run)
    {
        _zip = zip;
        Run = run;
    }

    /// <summary>The run, as it was exported.</summary>
    public Run Run { get; }

    /// <summary>Keys that the pictures of the zip were given, by the keys they had.</summary>
    public IReadOnlyDictionary<string, string> NewKeys { get; set; } = new Dictionary<string, string>();

    /// <summary>Opens a zip and reads what run it is of.</summary>
    /// <exception cref="InvalidDataException">It is no export of a run.</exception>
    public static async Task<RunImport> OpenAsync(Stream stream, CancellationToken cancellationToken)
    {
        var zip = await ZipArchive.CreateAsync(stream, ZipArchiveMode.Read, leaveOpen: true, entryNameEncoding: null, cancellationToken);
        try
        {
            var format = await ReadTextAsync(zip, RunZip.FormatName, RunZip.Format.Length + 2, cancellationToken);
            if (format.Trim() != RunZip.Format)
                throw new InvalidDataException($"Its {RunZip.FormatName} does not say '{RunZip.Format}': it is of another program or a later version.");
            var json = await ReadTextAsync(zip, RunZip.RunName, MaxRunCharacters, cancellationToken);
            return new RunImport(zip, Parse(Metrics.V1.Run.Parser, json, RunZip.RunName, 1));
        }
        catch
        {
            await zip.DisposeAsync();
            throw;
        }
    }

    /// <summary>The points, at most 10,000 at a time.</summary>
    /// <exception cref="InvalidDataException">A line is no point.</exception>
    public async IAsyncEnumerable<IReadOnlyList<StoredPoint>> PointsAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var batch = new List<StoredPoint>(BatchPoints);
        await foreach (var (number, line) in LinesAsync(RunZip.MetricsName, cancellationToken))
        {
            if (number == 1)
            {
                if (line != PointsCsv.Header)
                    throw new InvalidDataException($"The first line of {RunZip.MetricsName} is not '{PointsCsv.Header}'.");
                continue;
            }

            batch.Add(PointsCsv.Parse(line) ?? throw new InvalidDataException($"Line {number} of {RunZip.MetricsName} is no point: {PointsCsv.Header} is expected."));
            if (batch.Count < BatchPoints)
                continue;
            yield return batch;
            batch = new List<StoredPoint>(BatchPoints);
        }

        if (batch.Count > 0)
            yield return batch;
    }

    /// <summary>The references to images, at most 1,000 at a time, with the keys that their pictures were given.</summary>
    /// <exception cref="InvalidDataException">A line is none.</exception>
    public async IAsyncEnumerable<IReadOnlyList<ImageReference>> ImagesAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var images in MessagesAsync(ImageReference.Parser, RunZip.ImagesName, cancellationToken))
        {
            foreach (var image in images)
            {
                image.ImageKey = NewKeys.GetValueOrDefault(image.ImageKey, image.ImageKey);
                image.TruthKey = NewKeys.GetValueOrDefault(image.TruthKey, image.TruthKey);
                image.PredictionKey = NewKeys.GetValueOrDefault(image.PredictionKey, image.PredictionKey);
            }

            yield return images;
        }
    }

    /// <summary>The pictures, each with its key, its bytes and its media type.</summary>
    /// <exception cref="InvalidDataException">One is too large, or no picture.</exception>
    public async IAsyncEnumerable<(string Key, byte[] Bytes, string Type)> PicturesAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var archived = new ArchivedImages();
        await foreach (var images in MessagesAsync(ImageReference.Parser, RunZip.ImagesName, cancellationToken))
        {
            foreach (var (key, name) in images.SelectMany(image => archived.NewOf(image.ImageKey, image.TruthKey, image.PredictionKey)))
            {
                if (await ArchivedImages.ReadAsync(_zip, name, cancellationToken) is var (bytes, type))
                    yield return (key, bytes, type);
            }
        }
    }

    /// <summary>The events, at most 1,000 at a time.</summary>
    /// <exception cref="InvalidDataException">A line is none.</exception>
    public IAsyncEnumerable<IReadOnlyList<TextEvent>> EventsAsync(CancellationToken cancellationToken) =>
        MessagesAsync(TextEvent.Parser, RunZip.EventsName, cancellationToken);

    public ValueTask DisposeAsync() => _zip.DisposeAsync();

    private static T Parse<T>(MessageParser<T> parser, string json, string name, long number)
        where T : IMessage<T>
    {
        try
        {
            return parser.ParseJson(json);
        }
        catch (Exception error) when (error is InvalidProtocolBufferException or InvalidJsonException or FormatException)
        {
            throw new InvalidDataException($"Line {number} of {name} is not what the contract says: {error.Message}", error);
        }
    }

    private static async Task<string> ReadTextAsync(ZipArchive zip, string name, int max, CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(await Entry(zip, name).OpenAsync(cancellationToken));
        var text = new char[Math.Min(max, 64 * 1024)];
        var length = 0;
        while (await reader.ReadBlockAsync(text.AsMemory(length), cancellationToken) is var read and > 0)
        {
            length += read;
            if (length == max)
                throw new InvalidDataException($"Its {name} is longer than {max} characters.");
            if (length == text.Length)
                Array.Resize(ref text, (int)Math.Min(max, text.Length * 2L));
        }

        return new string(text, 0, length);
    }

    private static ZipArchiveEntry Entry(ZipArchive zip, string name) =>
        zip.GetEntry(name) ?? throw new InvalidDataException($"It has no {name}: it is no export of a run.");

    private async IAsyncEnumerable<IReadOnlyList<T>> MessagesAsync<T>(
        MessageParser<T> parser, string name, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
        where T : IMessage<T>
    {
        var batch = new List<T>();
        await foreach (var (number, line) in LinesAsync(name, cancellationToken))
        {
            batch.Add(Parse(parser, line, name, number));
            if (batch.Count < BatchLines)
                continue;
            yield return batch;
            batch = [];
        }

        if (batch.Count > 0)
            yield return batch;
    }

    private async IAsyncEnumerable<(long Number, string Line)> LinesAsync(
        string name, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(await Entry(_zip, name).OpenAsync(cancellationToken), bufferSize: 64 * 1024);
        var number = 0L;
        var line = new System.Text.StringBuilder();
        var buffer = new char[16 * 1024];
        while (await reader.ReadAsync(buffer, cancellationToken) is var read and > 0)
        {
            var rest = buffer.AsMemory(0, read);
            while (rest.Span.IndexOf('\n') is var end and >= 0)
            {
                line.Append(rest[..end]);
                if (++number > MaxLines)
                    throw new InvalidDataException($"{name} has more than {MaxLines} lines.");
                yield return (number, line.ToString());
                line.Clear();
                rest = rest[(end + 1)..];
            }

            line.Append(rest);
            if (line.Length > MaxLineCharacters)
                throw new InvalidDataException($"Line {number + 1} of {name} is longer than {MaxLineCharacters} characters.");
        }

        if (line.Length > 0)
            yield return (number + 1, line.ToString());
    }
}
