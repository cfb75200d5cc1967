using System.Buffers;
using Microsoft.ML.OnnxRuntime;
using SeqServe.Core.Tensors;
using SeqServe.Onnx.Contracts;

namespace SeqServe.Onnx.Tensors;

/// <summary>Tensors as the runtime takes them: numbers in the caller's memory, pinned until this is disposed; strings copied.</summary>
internal sealed class InputValues : IDisposable
{
    // What an empty tensor points to: the runtime takes no null.
    private static readonly byte[] s_nothing = GC.AllocateArray<byte>(8, pinned: true);

    private readonly List<MemoryHandle> _pins = [];

    public InputValues(IReadOnlyList<Tensor> tensors)
    {
        try
        {
            foreach (var tensor in tensors)
            {
                Names.Add(tensor.Name);
                Values.Add(tensor.Datatype == TensorDatatype.Bytes ? Strings(tensor) : Numbers(tensor));
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public List<string> Names { get; } = [];

    public List<OrtValue> Values { get; } = [];

    public void Dispose()
    {
        foreach (var value in Values)
            value.Dispose();
        foreach (var pin in _pins)
            pin.Dispose();
        Values.Clear();
        _pins.Clear();
    }

    private unsafe OrtValue Numbers(Tensor tensor)
    {
        var pin = (tensor.Data.IsEmpty ? s_nothing : tensor.Data).Pin();
        _pins.Add(pin);
        var type = tensor.Datatype.ToElementType();
        return OrtValue.CreateTensorValueWithData(OrtMemoryInfo.DefaultInstance, type, [.. tensor.Shape], (IntPtr)pin.Pointer, tensor.Data.Length);
    }

    private static OrtValue Strings(Tensor tensor)
    {
        var value = OrtValue.CreateTensorWithEmptyStrings(OrtAllocator.DefaultInstance, [.. tensor.Shape]);
        for (var i = 0; i < tensor.Strings.Count; i++)
            value.StringTensorSetElementAt(tensor.Strings[i].Span, i);
        return value;
    }
}
