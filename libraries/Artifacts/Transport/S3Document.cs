using System.Xml;
using System.Xml.Linq;

namespace Maskwright.Artifacts;

/// <summary>The XML documents in which a server answers, whatever namespace it writes.</summary>
internal static class S3Document
{
    // A thousand uploads with long keys; no answer that is read whole is larger.
    private const int MaxBytes = 8 * 1024 * 1024;

    /// <exception cref="InvalidDataException">The answer is not XML.</exception>
    internal static async Task<XElement> ReadAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        await answer.Content.LoadIntoBufferAsync(MaxBytes, cancellationToken);
        await using var body = await answer.Content.ReadAsStreamAsync(cancellationToken);
        try
        {
            return Parse(body);
        }
        catch (XmlException error)
        {
            throw new InvalidDataException($"the answer is not XML ({error.Message})", error);
        }
    }

    /// <exception cref="XmlException">It is not XML, or has a document type, which no server sends.</exception>
    internal static XElement Parse(Stream xml)
    {
        using var reader = XmlReader.Create(xml, new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit });
        return XDocument.Load(reader).Root!;
    }

    internal static IEnumerable<XElement> All(XElement parent, string name) => parent.Elements().Where(e => e.Name.LocalName == name);

    internal static string? Optional(XElement parent, string name) => All(parent, name).FirstOrDefault()?.Value;

    /// <exception cref="InvalidDataException">There is no such element.</exception>
    internal static string Required(XElement parent, string name) =>
        Optional(parent, name) is { Length: > 0 } value ? value : throw new InvalidDataException($"the answer has no {name}");
}
