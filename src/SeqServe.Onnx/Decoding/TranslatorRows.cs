using System.Numerics.Tensors;
using SeqServe.Core.Backends;
using SeqServe.Onnx.Sessions;

namespace SeqServe.Onnx.Decoding;

/// <summary>Rows of an encoder-decoder model.</summary>
internal sealed class TranslatorRows : DecoderRows, ITranslatorRows
{
    private readonly EncoderGraph _encoder;
    private readonly DecoderWiring _wiring;

    public TranslatorRows(EncoderGraph encoder, DecoderGraph decoder, DecoderWiring wiring)
        : base(decoder)
    {
        _encoder = encoder;
        _wiring = wiring;
    }

    public void Encode(PaddedBatch sources)
    {
        using var options = SessionLease.NewOptions();
        var first = Store.Count;
        try
        {
            _encoder.Run(sources, options, (name, values) => Take(name, values, sources, first));
        }
        catch
        {
            while (Store.Count > first)
                Store.RemoveAt(Store.Count - 1);
            throw;
        }
    }

    private void Take(string name, ReadOnlySpan<float> values, PaddedBatch sources, int first)
    {
        if (!TensorPrimitives.IsFiniteAll(values))
            throw new BackendException($"The encoder computed a value of {name} that is not finite.");
        if (Store.Count == first)
            Append(sources);
        for (var i = 0; i < _wiring.States.Count; i++)
        {
            if (_wiring.States[i].EncoderOutput == name)
                Write(name, values, Store.States[i].Current, sources, first);
        }

        for (var i = 0; i < _wiring.Memory.Count; i++)
        {
            if (_wiring.Memory[i] == name)
                Write(name, values, Store.Memory[i], sources, first);
        }
    }

    private void Append(PaddedBatch sources)
    {
        Store.Reserve(sources.Rows, sources.Time);
        foreach (var length in sources.Lengths.Span)
            Store.Append((int)length);
    }

    private static void Write(string name, ReadOnlySpan<float> values, RowTensor tensor, PaddedBatch sources, int first)
    {
        var varies = tensor.Shape.ExtentAxis >= 0;
        var extent = varies ? sources.Time : 1;
        var size = tensor.Shape.Outer * extent * tensor.Shape.Inner;
        if (values.Length != size * sources.Rows)
            throw new BackendException($"The encoder computed {values.Length} values of {name} for {sources.Rows} rows; the decoder reads {size} of each.");
        for (var i = 0; i < sources.Rows; i++)
            tensor.Write(first + i, 0, values.Slice(i * size, size), extent, varies ? (int)sources.Lengths.Span[i] : 1);
    }
}
