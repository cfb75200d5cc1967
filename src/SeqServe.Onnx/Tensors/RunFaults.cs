using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.ML.OnnxRuntime;
using SeqServe.Core.Backends;

namespace SeqServe.Onnx.Tensors;

/// <summary>
/// Tells what a run failed of. The kernels of ONNX Runtime check values and shapes where they use them, and say so by several codes (InvalidArgument, Fail,
/// RuntimeException: seen with 1.31); their messages begin with the place in the runtime's source.
/// </summary>
internal static partial class RunFaults
{
    private const int MaxLength = 300;

    // What a node fails of without fault of its inputs.
    private static readonly string[] s_notOfInputs = ["NotImplemented", "EngineError", "NoModel", "ModelLoaded", "InvalidGraph"];
    private static readonly string[] s_ofProviders = ["CUDA failure", "CUDNN failure", "CUBLAS failure", "cudaError"];

    /// <summary>The failure of a run over tensors of a caller.</summary>
    /// <param name="failure">What the runtime says.</param>
    /// <param name="what">The graph and the shapes, for the log.</param>
    /// <param name="inputsOf">The inputs that reach an operator, by its type and name; empty where that is not known.</param>
    public static BackendException Of(OnnxRuntimeException failure, string what, Func<string, string, IReadOnlyList<string>> inputsOf)
    {
        var isMemoryTaken = Requested(failure.Message) is { } bytes && bytes <= OnnxEnvironment.MaxRunBytes;
        return new($"A run of {what} failed: {failure.Message}", failure)
        {
            IsMemoryTaken = isMemoryTaken,
            InputFault = isMemoryTaken ? null : OfInputs(failure.Message),
            InputsAtFault = NodeFailure().Match(failure.Message) is { Success: true } node
                ? inputsOf(node.Groups["kind"].Value, node.Groups["name"].Value)
                : [],
        };
    }

    /// <summary>What is wrong with the inputs, in the words of the runtime without paths and signatures; null where it is nothing of them.</summary>
    internal static string? OfInputs(string message)
    {
        if (NodeFailure().Match(message) is not { Success: true } node
            || s_notOfInputs.Contains(node.Groups["code"].Value)
            || s_ofProviders.Any(failure => message.Contains(failure, StringComparison.OrdinalIgnoreCase)))
        {
            return null;
        }

        var kind = node.Groups["kind"].Value;
        var cause = message[(node.Index + node.Length)..].Trim();
        if (Requested(cause) is { } bytes)
        {
            return string.Create(
                CultureInfo.InvariantCulture,
                $"node {kind} needs {bytes:N0} bytes for these, more than the {OnnxEnvironment.MaxRunBytes:N0} that runs may take");
        }


        if (cause.Contains("bad_alloc", StringComparison.Ordinal))
            return $"node {kind} needs more memory for these than a run may take";
        cause = Plain(cause);
        return cause.Length == 0 ? $"node {kind} cannot take these values" : $"node {kind} cannot take these values: {cause}";
    }

    // Bytes that an arena did not have; null where the failure is another.
    private static decimal? Requested(string message) => Allocation().Match(message) is { Success: true } allocation
        ? decimal.Parse(allocation.Groups["bytes"].ValueSpan, CultureInfo.InvariantCulture)
        : null;

    // "/onnxruntime_src/…/reshape_helper.h:91 onnxruntime::ReshapeHelper::ReshapeHelper(…) a == b was false. The input …", or "concatbase.h:133 Prepare The …".
    private static string Plain(string cause)
    {
        var nested = cause.LastIndexOf("[ONNXRuntimeError]", StringComparison.Ordinal);
        if (nested >= 0)
            cause = cause[(nested + "[ONNXRuntimeError]".Length)..];
        if (Condition().Match(cause) is { Success: true } condition)
            cause = cause[(condition.Index + condition.Length)..];
        else
            cause = Place().Replace(cause, "");
        cause = Path().Replace(cause, "").Trim(' ', ':', '.', '\n', '\r');
        // The name of the C function that a text could not be read by.
        if (cause is "stod" or "stof" or "stoi" or "stol" or "stoll" or "stoull")
            return "a text is not the number that it should be";
        return cause.Length <= MaxLength ? cause : string.Concat(cause.AsSpan(0, MaxLength), "…");
    }

    [GeneratedRegex(@"^\[ErrorCode:(?<code>\w+)\] Non-zero status code returned while running (?<kind>\w+) node\. Name:'(?<name>[^']*)' Status Message: ")]
    private static partial Regex NodeFailure();

    [GeneratedRegex(@"(?:Failed to allocate memory for requested buffer of size|is smaller than requested bytes of) (?<bytes>\d+)")]
    private static partial Regex Allocation();

    [GeneratedRegex(@"^.*? was false\. ?", RegexOptions.Singleline)]
    private static partial Regex Condition();

    // The file and the line, then a signature in parentheses or the bare name of a function.
    [GeneratedRegex(@"^[\s:\d A-Z_]*\S+\.(?:cc|h|cpp|cu|cuh):\d+ (?:[^()]*::[^()]*\([^()]*\)(?: const)? ?|\w+ )?", RegexOptions.Singleline)]
    private static partial Regex Place();

    [GeneratedRegex(@"\S*/\S+\.(?:cc|h|cpp|cu|cuh)\S*")]
    private static partial Regex Path();
}
