using System.Text;

namespace Maskwright.Hosting;

/// <summary>Cuts what a process writes into lines, never holding more than one bounded line.</summary>
internal static class LineReader
{
    /// <summary>Reads until the stream ends; a line longer than <see cref="LogLine.MaxLength"/> is cut and says so.</summary>
    public static async Task ReadAsync(Stream stream, Action<string> onLine)
    {
        using var reader = new StreamReader(stream, new UTF8Encoding(false), detectEncodingFromByteOrderMarks: false, leaveOpen: true);
        var buffer = new char[4096];
        var line = new StringBuilder();
        long dropped = 0;
        int read;
        while ((read = await reader.ReadAsync(buffer.AsMemory())) > 0)
        {
            for (var i = 0; i < read; i++)
            {
                if (buffer[i] == '\n')
                    Flush();
                else if (line.Length < LogLine.MaxLength)
                    line.Append(buffer[i]);
                else
                    dropped++;
            }
        }

        if (line.Length > 0)
            Flush();

        void Flush()
        {
            if (line.Length > 0 && line[^1] == '\r')
                line.Length--;
            if (dropped > 0)
                line.Append(" … (").Append(dropped).Append(" more characters)");
            onLine(line.ToString());
            line.Clear();
            dropped = 0;
        }
    }
}
