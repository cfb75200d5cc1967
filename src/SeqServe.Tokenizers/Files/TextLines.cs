using System.Text;

namespace SeqServe.Tokenizers.Files;

/// <summary>Lines of a text file as Python reads them: they end at \n, \r\n or \r.</summary>
internal static class TextLines
{
    /// <summary>The lines without their ends; none behind the last end.</summary>
    public static List<string> Read(byte[] content)
    {
        var lines = new List<string>();
        var encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        using var reader = new StreamReader(new MemoryStream(content), encoding, detectEncodingFromByteOrderMarks: false);
        while (reader.ReadLine() is { } line)
            lines.Add(line);
        return lines;
    }

    /// <summary>Whether the last line has an end.</summary>
    public static bool EndsWithLineEnd(byte[] content) => content is [.., (byte)'\n' or (byte)'\r'];
}
