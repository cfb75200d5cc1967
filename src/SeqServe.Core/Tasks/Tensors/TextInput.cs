using System.Runtime.InteropServices;
using System.Text;
using SeqServe.Core.Errors;
using SeqServe.Core.Graphs;
using SeqServe.Core.Tensors;

namespace SeqServe.Core.Tasks.Tensors;

/// <summary>The texts of a request, and tensors of answers in their shape.</summary>
public sealed class TextInput
{
    /// <summary>Name of the input.</summary>
    public const string Name = "text";

    // As a body of the native routes, by default.
    private const long MaxBytes = 1 << 20;

    private static readonly UTF8Encoding s_strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly IReadOnlyList<long> _shape;

    private TextInput(IReadOnlyList<long> shape, IReadOnlyList<string> texts) => (_shape, Texts) = (shape, texts);

    /// <summary>The texts, in the order of the elements.</summary>
    public IReadOnlyList<string> Texts { get; }

    /// <summary>Reads the texts of a request.</summary>
    /// <exception cref="ServingException">They are not text, they are too many, or the request has other inputs too.</exception>
    internal static TextInput Read(TensorRequest request)
    {
        if (request.Inputs.FirstOrDefault(i => i.Name != Name) is { } other)
            throw TensorFaults.Of(other, $"no other input can be given with \"{Name}\"; leave one of them out");
        if (request.Inputs.Count > 1)
            throw TensorFaults.OfInput(Name, "is given twice; keep one");
        var input = request.Inputs[0];
        if (input.Datatype != TensorDatatype.Bytes)
            throw TensorFaults.Of(input, $"is {input.Datatype.ToName()}; texts are BYTES");
        if (input.Elements == 0)
            throw TensorFaults.Of(input, "has no text; send at least one");
        if (input.Elements > request.MaxTexts)
            throw TensorFaults.Of(input, $"holds {input.Elements} texts, at most {request.MaxTexts} are taken; send several requests");
        if (input.Size > MaxBytes)
            throw TensorFaults.Of(input, $"has {input.Size} bytes of text, the limit is {MaxBytes}; send fewer or shorter texts");
        var texts = new string[input.Strings.Count];
        for (var i = 0; i < texts.Length; i++)
            texts[i] = Decode(input, i);
        return new TextInput(input.Shape, texts);
    }

    /// <summary>A tensor with a text for each text.</summary>
    public Tensor Strings(string name, IEnumerable<string?> texts) =>
        new(name, _shape, [.. texts.Select(text => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(text ?? ""))]);

    /// <summary>A tensor with a number for each text, or with several along a last axis.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="numbers">The numbers, text after text.</param>
    /// <param name="each">Numbers for each text, the size of the last axis; null for one and no such axis.</param>
    public Tensor Numbers(string name, IEnumerable<float> numbers, int? each = null) =>
        new(name, TensorDatatype.Fp32, each is { } size ? [.. _shape, size] : _shape, MemoryMarshal.AsBytes(numbers.ToArray().AsSpan()).ToArray());

    private static string Decode(Tensor input, int index)
    {
        try
        {
            return s_strict.GetString(input.Strings[index].Span);
        }
        catch (DecoderFallbackException)
        {
            throw TensorFaults.Of(input, $"element {index} is not valid UTF-8");
        }
    }
}
