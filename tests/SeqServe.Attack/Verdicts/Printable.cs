using System.Globalization;
using System.Text;
using SeqServe.Attack.Generation;

namespace SeqServe.Attack.Verdicts;

/// <summary>Requests and answers for the eyes: control characters by their numbers, long ones cut.</summary>
internal static class Printable
{
    /// <summary>A text of one paragraph; line ends are kept.</summary>
    public static string Of(string text, int longest)
    {
        var line = new StringBuilder();
        foreach (var c in text.Length > longest ? text.AsSpan(0, longest) : text)
        {
            if (char.IsControl(c) && c != '\n')
                line.Append(CultureInfo.InvariantCulture, $"\\x{(int)c:x2}");
            else
                line.Append(c);
        }

        if (text.Length > longest)
            line.Append(CultureInfo.InvariantCulture, $"… ({text.Length} characters)");
        return line.ToString();
    }

    /// <summary>A request as it goes over the wire, on one line.</summary>
    public static string Of(AttackRequest request, int longest)
    {
        var bytes = request switch
        {
            SocketRequest socket => socket.Parts.SelectMany(part => part).ToArray(),
            GrpcRequest grpc =>
            [
                .. Encoding.UTF8.GetBytes($"{grpc.Method} {grpc.Path} {grpc.ContentType} {string.Join(' ', grpc.Headers)} | "),
                .. grpc.Body,
            ],
            _ => [],
        };
        return $"[{request.Kind}] {Of(Encoding.Latin1.GetString(bytes).Replace("\n", "\\n", StringComparison.Ordinal), longest)}";
    }
}
