using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace SeqServe.Onnx.Tensors;

/// <summary>Numbers of half precision, as the runtime holds them.</summary>
internal static class HalfNumbers
{
    /// <summary>Copies them out in single precision.</summary>
    public static void CopyTo(ReadOnlySpan<Float16> from, Span<float> to) => TensorPrimitives.ConvertToSingle(MemoryMarshal.Cast<Float16, Half>(from), to);
}
