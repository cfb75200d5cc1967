namespace SeqServe.Tokenizers.Files;

/// <summary>A merge as older files and merges.txt write it: two tokens and a space between.</summary>
internal static class MergeLine
{
    /// <summary>Reads a line.</summary>
    /// <param name="line">The line.</param>
    /// <param name="number">Its number, for the message.</param>
    /// <param name="pair">The two tokens.</param>
    /// <returns>False for the line that tells the version.</returns>
    /// <exception cref="InvalidDataException">It has not two parts.</exception>
    public static bool TryParse(string line, int number, out KeyValuePair<string, string> pair)
    {
        pair = default;
        if (line.StartsWith("#version", StringComparison.Ordinal))
            return false;
        var space = line.IndexOf(' ', StringComparison.Ordinal);
        if (space < 0 || line.IndexOf(' ', space + 1) >= 0)
            throw new InvalidDataException($"Merge {number} is not two tokens with a space between: '{(line.Length > 80 ? line[..80] : line)}'.");
        pair = KeyValuePair.Create(line[..space], line[(space + 1)..]);
        return true;
    }
}
