using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace Maskwright.ObjectStore;

/// <summary>S3's XML: written to answers, read from bounded bodies.</summary>
internal static class S3Xml
{
    internal static readonly XNamespace Namespace = "http://s3.amazonaws.com/doc/2006-03-01/";

    // Enough for 10,000 parts or 1,000 keys of 1,024 bytes, escaped.
    private const int MaxBodyBytes = 8 * 1024 * 1024;

    /// <summary>Answers with a document.</summary>
    internal static async Task WriteAsync(HttpResponse response, XElement root, CancellationToken cancellationToken)
    {
        using var buffer = new MemoryStream();
        var settings = new XmlWriterSettings
        {
            Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
            // A key may hold what XML 1.0 cannot; listings with encoding-type=url say it all the same.
            CheckCharacters = false,
            Async = true,
        };
        await using (var writer = XmlWriter.Create(buffer, settings))
            await root.SaveAsync(writer, cancellationToken);
        response.ContentType = "application/xml";
        response.ContentLength = buffer.Length;
        await response.Body.WriteAsync(buffer.GetBuffer().AsMemory(0, (int)buffer.Length), cancellationToken);
    }

    /// <summary>Reads a request's document.</summary>
    /// <exception cref="S3Exception">It is too long, not XML, or not what was promised.</exception>
    internal static async Task<XElement> ReadAsync(S3Request request, PayloadPromise payload)
    {
        await using var body = payload.Open(request.Context.Request);
        using var buffer = new MemoryStream();
        var chunk = new byte[16 * 1024];
        while (await body.ReadAsync(chunk, request.Aborted) is > 0 and var read)
        {
            if (buffer.Length + read > MaxBodyBytes)
                throw S3Exception.MalformedXml($"The document is longer than {MaxBodyBytes} bytes.");
            buffer.Write(chunk, 0, read);
        }

        buffer.Position = 0;
#pragma warning disable CA5351 // Content-MD5 is what the protocol has.
        ReceivedBody.CheckMd5(request, await MD5.HashDataAsync(buffer, request.Aborted));
#pragma warning restore CA5351
        buffer.Position = 0;
        try
        {
            using var reader = XmlReader.Create(buffer, new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit });
            return XDocument.Load(reader).Root!;
        }
        catch (XmlException error)
        {
            throw S3Exception.MalformedXml($"The body is not XML: {error.Message}");
        }
    }

    /// <summary>The children of this name, whatever namespace the client used.</summary>
    internal static IEnumerable<XElement> All(this XElement parent, string name) => parent.Elements().Where(e => e.Name.LocalName == name);

    /// <summary>The text of the first child of this name, or null.</summary>
    internal static string? Text(this XElement parent, string name) => parent.All(name).FirstOrDefault()?.Value;

    /// <summary>A time as S3 writes it.</summary>
    internal static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
