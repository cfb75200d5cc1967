namespace SeqServe.Onnx.Decoding;

/// <summary>What a decoder graph reads in a run.</summary>
internal enum TokenAxes
{
    /// <summary>One token a row: <c>tokens [B]</c>.</summary>
    One,

    /// <summary>Several: <c>tokens [B,T]</c>, <c>lengths [B]</c>.</summary>
    Several,
}
