using System.Buffers;
using System.Runtime.InteropServices;

namespace SeqServe.Onnx.Memory;

/// <summary>
/// Memory of the C library. The system gives a page of it when it is written to, so that a length alone, whoever names it, takes no memory, and takes it back
/// when it is disposed, not when the garbage collector comes to it. It must be disposed: no finalizer does, which could not see a span of it.
/// </summary>
/// <typeparam name="T">What it holds.</typeparam>
internal sealed unsafe class NativeBlock<T> : MemoryManager<T>
    where T : unmanaged
{
    /// <summary>Bytes of what its start is aligned to: as much as vector instructions ask for.</summary>
    public const int Alignment = 64;

    // Memory that one unusual run needed is given back once only this part of it is needed.
    private const int OutlierFactor = 8;

    private void* _allocated;
    private T* _start;

    /// <summary>Takes memory.</summary>
    /// <param name="length">Elements; 0 or more.</param>
    /// <param name="isZeroed">Whether they are 0, or not defined.</param>
    /// <exception cref="OutOfMemoryException">There is not so much.</exception>
    public NativeBlock(int length, bool isZeroed = false)
    {
        Length = length;
        var bytes = checked(((nuint)length * (nuint)sizeof(T)) + Alignment);
        _allocated = isZeroed ? NativeMemory.AllocZeroed(bytes) : NativeMemory.Alloc(bytes);
        _start = (T*)(((nuint)_allocated + Alignment - 1) / Alignment * Alignment);
    }

    /// <summary>Elements.</summary>
    public int Length { get; }

    /// <summary>Makes a block one that holds so many elements, whose content is not defined: the same one where it fits, not by far too large.</summary>
    /// <param name="block">The block; disposed where another takes its place.</param>
    /// <param name="length">Elements needed.</param>
    /// <param name="spare">Elements to take beyond them when memory is taken.</param>
    /// <exception cref="OutOfMemoryException">There is not so much; the block is then empty.</exception>
    public static void Fit(ref NativeBlock<T> block, int length, int spare = 0)
    {
        if (block.Length >= length && block.Length / OutlierFactor <= length)
            return;
        block.Dispose();
        block = new NativeBlock<T>(0);
        block = new NativeBlock<T>((int)Math.Min(int.MaxValue, (long)length + spare));
    }

    public override Span<T> GetSpan()
    {
        ObjectDisposedException.ThrowIf(_start is null, this);
        return new Span<T>(_start, Length);
    }

    public override MemoryHandle Pin(int elementIndex = 0)
    {
        ObjectDisposedException.ThrowIf(_start is null, this);
        return new MemoryHandle(_start + elementIndex);
    }

    public override void Unpin()
    {
    }

    /// <summary>Gives the memory back.</summary>
    public void Dispose() => Dispose(true);

    protected override void Dispose(bool disposing)
    {
        var allocated = _allocated;
        _allocated = null;
        _start = null;
        if (allocated is not null)
            NativeMemory.Free(allocated);
    }
}
