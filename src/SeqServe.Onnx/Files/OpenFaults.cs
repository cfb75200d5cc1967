using System.Text.RegularExpressions;

namespace SeqServe.Onnx.Files;

/// <summary>What to do about a graph that ONNX Runtime refuses, by what it says.</summary>
internal static partial class OpenFaults
{
    private const string UnknownOperator =
        "Export it with ONNX's standard operators, of an opset that this version of ONNX Runtime has; libraries of custom operators are not loaded.";

    private static readonly (string Mark, string Remedy)[] s_remedies =
    [
        ("is not a registered function/op", UnknownOperator),
        ("No Op registered", UnknownOperator),
        ("No opset import", "Export it again; it names no opset for one of its operators' domains."),
        ("Unrecognized attribute", "Export it with an opset that knows the attribute."),
        ("under development", "Export it with a lower opset."),
        ("tensor(bfloat16)", "Export it in float32 or float16; its numbers are in bfloat16, which this operator does not take."),
        ("Unsupported model IR version", "Export it with an older onnx package, or a lower ir_version."),
        ("Could not find an implementation",
            "This operator has no kernel for these types on this device, as those of bfloat16 have none on the CPU; export it with other types, float32 say."),
    ];

    /// <summary>The message without the places of files, and what to do.</summary>
    /// <param name="message">What the runtime said.</param>
    /// <param name="graphFile">Absolute path of the graph.</param>
    public static string Describe(string message, string graphFile)
    {
        var folder = Path.GetDirectoryName(graphFile) + Path.DirectorySeparatorChar;
        var described = WithoutSource(message).Replace(folder, "", StringComparison.Ordinal).TrimEnd().TrimEnd('.');
        var remedy = s_remedies.FirstOrDefault(r => message.Contains(r.Mark, StringComparison.OrdinalIgnoreCase)).Remedy;
        return $"{described}. {remedy ?? "Check it with onnx.checker and export it again."}";
    }

    /// <summary>The message without the place in the runtime's source that it comes from.</summary>
    public static string WithoutSource(string message) => SourceCode().Replace(message, "");

    // Where in the runtime's source the message comes from: file, line and signature.
    [GeneratedRegex(@"\S*/onnxruntime/core/\S+:\d+ [^(\r\n]*\([^)\r\n]*\) (const )?")]
    private static partial Regex SourceCode();
}
