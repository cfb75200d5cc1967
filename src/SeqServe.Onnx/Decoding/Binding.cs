using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace SeqServe.Onnx.Decoding;

/// <summary>Names and values of one side of a run, in the caller's memory: nothing is copied. Used again for each run.</summary>
internal sealed class Binding
{
    private readonly List<string> _names = [];
    private readonly List<OrtValue> _values = [];

    public IReadOnlyCollection<string> Names => _names;

    public IReadOnlyCollection<OrtValue> Values => _values;

    public void Add<T>(string name, Memory<T> memory, params long[] shape)
        where T : unmanaged
    {
        _names.Add(name);
        _values.Add(OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, memory, shape));
    }

    /// <summary>Adds a tensor of any type in native memory, which outlives the run.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="type">Its type.</param>
    /// <param name="memory">Where it begins; native memory.</param>
    /// <param name="bytes">Its bytes.</param>
    /// <param name="shape">Its shape.</param>
    public unsafe void Add(string name, TensorElementType type, Span<byte> memory, long bytes, long[] shape)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, memory.Length);
        _names.Add(name);
        var start = (nint)Unsafe.AsPointer(ref MemoryMarshal.GetReference(memory));
        _values.Add(OrtValue.CreateTensorValueWithData(OrtMemoryInfo.DefaultInstance, type, shape, start, bytes));
    }

    /// <summary>Releases the memory.</summary>
    public void Clear()
    {
        foreach (var value in _values)
            value.Dispose();
        _values.Clear();
        _names.Clear();
    }
}
