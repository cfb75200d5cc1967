using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using Google.Protobuf;
using Google.Protobuf.Collections;
using SeqServe.Api.Facades.OpenInference.Grpc.Protocol;
using SeqServe.Core.Tasks.Tensors;
using SeqServe.Core.Tensors;

namespace SeqServe.Api.Facades.OpenInference.Grpc;

/// <summary>Writes the protocol's messages.</summary>
internal static class InferResponses
{
    /// <summary>
    /// The answer: typed contents for a request with typed contents, unless an output's datatype has none; else raw ones, which lie in the outputs' own memory.
    /// </summary>
    public static ModelInferResponse Write(ModelInferRequest request, TensorResponse response)
    {
        var answer = new ModelInferResponse
        {
            ModelName = response.Model,
            ModelVersion = response.Version.ToString(CultureInfo.InvariantCulture),
            Id = request.Id,
        };
        var isTyped = IsTyped(request, response);
        foreach (var output in response.Outputs)
        {
            answer.Outputs.Add(new ModelInferResponse.Types.InferOutputTensor
            {
                Name = output.Name,
                Datatype = output.Datatype.ToName(),
                Shape = { output.Shape },
                Contents = isTyped ? Typed(output) : null,
            });
            if (!isTyped)
                answer.RawOutputContents.Add(output.Datatype == TensorDatatype.Bytes ? Strings(output) : UnsafeByteOperations.UnsafeWrap(output.Data));
        }

        return answer;
    }

    /// <summary>The most bytes that the answer takes until it is read: outputs, what is made of them, and their bytes on the way.</summary>
    public static long BytesOf(ModelInferRequest request, TensorResponse response)
    {
        // Numbers in a list have at most 8 bytes, and 10 as they are written.
        const int TypedElement = 18;
        var bytes = AnswerBudget.BytesOf(response.Outputs);
        return IsTyped(request, response) ? bytes + response.Outputs.Sum(o => (o.Elements * TypedElement) + TextBytes(o)) : 2 * bytes;
    }

    /// <summary>What a model takes and gives.</summary>
    public static ModelMetadataResponse Write(ModelMetadata model) => new()
    {
        Name = model.Name,
        Platform = model.Platform,
        Versions = { model.Versions },
        Inputs = { model.Inputs.Select(Write) },
        Outputs = { model.Outputs.Select(Write) },
    };

    private static bool IsTyped(ModelInferRequest request, TensorResponse response) =>
        request.RawInputContents.Count == 0
        && request.Inputs.Count > 0
        && response.Outputs.All(o => o.Datatype is not (TensorDatatype.Fp16 or TensorDatatype.Bf16));

    // Once as byte strings, once on the way.
    private static long TextBytes(Tensor output) => output.Datatype == TensorDatatype.Bytes ? 2 * output.Size : 0;

    private static ModelMetadataResponse.Types.TensorMetadata Write(TensorMetadata tensor) =>
        new() { Name = tensor.Name, Datatype = tensor.Datatype, Shape = { tensor.Shape } };

    private static InferTensorContents Typed(Tensor tensor)
    {
        var contents = new InferTensorContents();
        switch (tensor.Datatype)
        {
            case TensorDatatype.Bool: Fill<byte, bool>(contents.BoolContents, tensor, static b => b != 0); break;
            case TensorDatatype.Int8: Fill<sbyte, int>(contents.IntContents, tensor, static i => i); break;
            case TensorDatatype.Int16: Fill<short, int>(contents.IntContents, tensor, static i => i); break;
            case TensorDatatype.Int32: Fill<int, int>(contents.IntContents, tensor, static i => i); break;
            case TensorDatatype.Int64: Fill<long, long>(contents.Int64Contents, tensor, static i => i); break;
            case TensorDatatype.Uint8: Fill<byte, uint>(contents.UintContents, tensor, static i => i); break;
            case TensorDatatype.Uint16: Fill<ushort, uint>(contents.UintContents, tensor, static i => i); break;
            case TensorDatatype.Uint32: Fill<uint, uint>(contents.UintContents, tensor, static i => i); break;
            case TensorDatatype.Uint64: Fill<ulong, ulong>(contents.Uint64Contents, tensor, static i => i); break;
            case TensorDatatype.Fp32: Fill<float, float>(contents.Fp32Contents, tensor, static f => f); break;
            case TensorDatatype.Fp64: Fill<double, double>(contents.Fp64Contents, tensor, static f => f); break;
            case TensorDatatype.Bytes: contents.BytesContents.Add(tensor.Strings.Select(s => ByteString.CopyFrom(s.Span))); break;
            default: throw new InvalidOperationException($"{tensor.Datatype} has no typed contents.");
        }

        return contents;
    }

    private static void Fill<TElement, TContent>(RepeatedField<TContent> field, Tensor tensor, Func<TElement, TContent> convert)
        where TElement : unmanaged
    {
        var elements = MemoryMarshal.Cast<byte, TElement>(tensor.Data.Span);
        field.Capacity = elements.Length;
        foreach (var element in elements)
            field.Add(convert(element));
    }

    private static ByteString Strings(Tensor tensor)
    {
        var bytes = new byte[tensor.Size + (sizeof(uint) * tensor.Elements)];
        var at = 0;
        foreach (var text in tensor.Strings)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(at), (uint)text.Length);
            text.Span.CopyTo(bytes.AsSpan(at + sizeof(uint)));
            at += sizeof(uint) + text.Length;
        }

        return UnsafeByteOperations.UnsafeWrap(bytes);
    }
}
