using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Google.Protobuf;
using Google.Protobuf.Collections;
using SeqServe.Api.Facades.OpenInference.Grpc.Protocol;
using SeqServe.Core.Errors;
using SeqServe.Core.Tensors;

namespace SeqServe.Api.Facades.OpenInference.Grpc;

/// <summary>The elements of one input tensor, as bytes or in the field of their datatype.</summary>
internal sealed class InferContents
{
    private readonly ModelInferRequest.Types.InferInputTensor _input;
    private readonly TensorDatatype _datatype;
    private readonly long _elements;
    private readonly BodyReservation _reservation;

    /// <param name="input">The input.</param>
    /// <param name="reservation">Counts the memory of the tensor.</param>
    /// <exception cref="ServingException">Its datatype is unknown, or its shape is not one.</exception>
    public InferContents(ModelInferRequest.Types.InferInputTensor input, BodyReservation reservation)
    {
        (_input, _reservation) = (input, reservation);
        if (!TensorDatatypes.ByName.TryGetValue(input.Datatype, out _datatype))
            throw Fault($"has the datatype \"{TensorLabel.Shorten(input.Datatype)}\"; send one of {string.Join(", ", TensorDatatypes.ByName.Keys)}");
        if (input.Name.Length > RequestLimits.MaxNameLength)
            throw Fault($"has a name of more characters than the limit of {RequestLimits.MaxNameLength}");
        if (input.Shape.Count > RequestLimits.MaxAxes)
            throw Fault($"has a shape of more axes than the limit of {RequestLimits.MaxAxes}");
        _elements = TensorShapes.Elements(input.Shape)
            ?? throw Fault($"has the shape {TensorShapes.ToText(input.Shape)}; no axis may be negative, and the limit is {TensorShapes.MaxElements} elements");
    }

    /// <summary>A fault of this input.</summary>
    public ServingException Fault(string message) => new(ServingErrorCode.InvalidRequest, $"{TensorLabel.Of(_input.Name)}: {message}");

    /// <summary>The tensor over raw bytes.</summary>
    public Tensor ReadRaw(ByteString raw)
    {
        if (_datatype == TensorDatatype.Bytes)
            return new Tensor(_input.Name, _input.Shape, ByteStrings.Read(raw.Memory, _elements, TensorLabel.Of(_input.Name), _reservation));
        var expected = _elements * _datatype.ElementSize();
        return raw.Length == expected
            ? new Tensor(_input.Name, _datatype, _input.Shape, raw.Memory)
            : throw Fault($"has {raw.Length} raw bytes; {_elements} elements of {_input.Datatype} take {expected}");
    }

    /// <summary>The tensor of the typed contents.</summary>
    public Tensor ReadTyped()
    {
        var contents = _input.Contents ?? new InferTensorContents();
        return _datatype switch
        {
            TensorDatatype.Bool => Numbers(contents.BoolContents, static b => b),
            TensorDatatype.Int8 => Numbers(contents.IntContents, static i => checked((sbyte)i)),
            TensorDatatype.Int16 => Numbers(contents.IntContents, static i => checked((short)i)),
            TensorDatatype.Int32 => Numbers(contents.IntContents, static i => i),
            TensorDatatype.Int64 => Numbers(contents.Int64Contents, static i => i),
            TensorDatatype.Uint8 => Numbers(contents.UintContents, static i => checked((byte)i)),
            TensorDatatype.Uint16 => Numbers(contents.UintContents, static i => checked((ushort)i)),
            TensorDatatype.Uint32 => Numbers(contents.UintContents, static i => i),
            TensorDatatype.Uint64 => Numbers(contents.Uint64Contents, static i => i),
            TensorDatatype.Fp32 => Numbers(contents.Fp32Contents, static f => f),
            TensorDatatype.Fp64 => Numbers(contents.Fp64Contents, static f => f),
            TensorDatatype.Bytes => Strings(contents.BytesContents),
            _ => throw Fault($"is {_input.Datatype}, which has no typed contents; send it in raw_input_contents"),
        };
    }

    private Tensor Strings(RepeatedField<ByteString> contents)
    {
        ByteStrings.Reserve(Counted(contents).Count, _reservation);
        var strings = new ReadOnlyMemory<byte>[contents.Count];
        for (var i = 0; i < strings.Length; i++)
            strings[i] = contents[i].Memory;
        return new Tensor(_input.Name, _input.Shape, strings);
    }

    private Tensor Numbers<TContent, TElement>(IReadOnlyList<TContent> contents, Func<TContent, TElement> convert)
        where TElement : unmanaged
    {
        var size = Counted(contents).Count * (long)Unsafe.SizeOf<TElement>();
        _reservation.Add(size);
        var data = new byte[size];
        var elements = MemoryMarshal.Cast<byte, TElement>(data.AsSpan());
        try
        {
            for (var i = 0; i < elements.Length; i++)
                elements[i] = convert(contents[i]);
        }
        catch (OverflowException)
        {
            throw Fault($"has an element that {_input.Datatype} cannot hold");
        }

        return new Tensor(_input.Name, _datatype, _input.Shape, data);
    }

    private IReadOnlyList<T> Counted<T>(IReadOnlyList<T> contents) => contents.Count == _elements
        ? contents
        : throw Fault(
            $"has {contents.Count} elements in the contents of {_input.Datatype}; the shape {TensorShapes.ToText(_input.Shape)} takes {_elements}");
}
