using System.Buffers;
using Microsoft.ML.OnnxRuntime;

namespace SeqServe.Onnx.Tensors;

/// <summary>The elements of an output where the runtime has put them, without a copy. Valid until the value is disposed.</summary>
internal sealed unsafe class OutputMemory(OrtValue value, int length) : MemoryManager<byte>
{
    public override Span<byte> GetSpan() => length == 0 ? [] : value.GetTensorMutableRawData();

    public override MemoryHandle Pin(int elementIndex = 0)
    {
        // Native memory does not move.
        fixed (byte* start = GetSpan())
            return new MemoryHandle(start + elementIndex);
    }

    public override void Unpin()
    {
    }

    // The outputs as a whole own the value.
    protected override void Dispose(bool disposing)
    {
    }
}
