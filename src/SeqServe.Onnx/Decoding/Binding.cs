using Microsoft.ML.OnnxRuntime;

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

    /// <summary>Releases the memory.</summary>
    public void Clear()
    {
        foreach (var value in _values)
            value.Dispose();
        _values.Clear();
        _names.Clear();
    }
}
