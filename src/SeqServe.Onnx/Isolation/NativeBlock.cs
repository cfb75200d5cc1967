using System.Buffers;
using System.Runtime.InteropServices;

namespace SeqServe.Onnx.Isolation;

/// <summary>
/// Memory of the C library for the data of one message. The system gives a page of it when it is written to, so that a length alone, whoever names it,
/// takes no memory. It must be disposed: no finalizer does, which could not see a span of it.
/// </summary>
internal sealed unsafe class NativeBlock : MemoryManager<byte>
{
    /// <summary>What its start, and each tensor in it, is aligned to: as much as vector instructions ask for.</summary>
    public const int Alignment = 64;

    private readonly int _length;
    private void* _start;

    /// <summary>Takes memory, whose content is not defined.</summary>
    /// <param name="length">Bytes; 0 or more.</param>
    public NativeBlock(int length)
    {
        _length = length;
        _start = NativeMemory.AlignedAlloc((nuint)Math.Max(1, length), Alignment);
    }

    public override Span<byte> GetSpan()
    {
        ObjectDisposedException.ThrowIf(_start is null, this);
        return new Span<byte>(_start, _length);
    }

    public override MemoryHandle Pin(int elementIndex = 0)
    {
        ObjectDisposedException.ThrowIf(_start is null, this);
        return new MemoryHandle((byte*)_start + elementIndex);
    }

    public override void Unpin()
    {
    }

    protected override void Dispose(bool disposing)
    {
        var start = _start;
        _start = null;
        if (start is not null)
            NativeMemory.AlignedFree(start);
    }
}
