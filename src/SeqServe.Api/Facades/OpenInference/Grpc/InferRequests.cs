using Google.Protobuf.Collections;
using Grpc.Core;
using Microsoft.AspNetCore.Http.Features;
using SeqServe.Api.Facades.OpenInference.Grpc.Protocol;
using SeqServe.Api.Requests;
using SeqServe.Api.Security;
using SeqServe.Core.Errors;
using SeqServe.Core.Tasks.Tensors;
using SeqServe.Core.Tensors;

namespace SeqServe.Api.Facades.OpenInference.Grpc;

/// <summary>Reads the protocol's messages.</summary>
internal sealed class InferRequests(RequestReader reader, TimeProvider time)
{
    /// <summary>Reads a request. Raw contents are not copied.</summary>
    /// <exception cref="ServingException">A tensor or a parameter in it is not valid, or the server has no memory for it now.</exception>
    public TensorRequest Read(ModelInferRequest request, int? version, ServerCallContext context)
    {
        var http = context.GetHttpContext().Request;
        var parameters = new TensorParameters(Parameters(request.Parameters));
        var reservation = context.GetHttpContext().Features.GetRequiredFeature<BodyReservation>();
        return new TensorRequest(request.ModelName, Inputs(request, reservation))
        {
            Version = version,
            Outputs = [.. request.Outputs.Select(o => o.Name)],
            Parameters = parameters,
            Timeout = Shorter(RequestTimeout.Of(context.GetHttpContext(), parameters, reader), context.Deadline),
            Priority = RequestPriority.Read(http),
            MaxTexts = reader.MaxInputs,
            Holder = ApiKeyGate.HolderOf(context.GetHttpContext()),
        };
    }

    internal static Tensor[] Inputs(ModelInferRequest request, BodyReservation reservation)
    {
        if (request.Inputs.Count > RequestLimits.MaxTensors || request.Outputs.Count > RequestLimits.MaxTensors)
            throw Fault($"inputs and outputs have at most {RequestLimits.MaxTensors} elements each");
        if (request.Outputs.Any(static output => output.Name.Length > RequestLimits.MaxNameLength))
            throw Fault($"the name of an output has more characters than the limit of {RequestLimits.MaxNameLength}");
        var raw = request.RawInputContents;
        if (raw.Count > 0 && raw.Count != request.Inputs.Count)
        {
            throw Fault(
                $"raw_input_contents has {raw.Count} elements and inputs has {request.Inputs.Count}; "
                + "send one for each input, or none and contents in every input.");
        }

        var tensors = new Tensor[request.Inputs.Count];
        for (var i = 0; i < tensors.Length; i++)
        {
            var input = request.Inputs[i];
            var contents = new InferContents(input, reservation);
            if (raw.Count > 0 && input.Contents is not null)
                throw contents.Fault("has both contents and raw_input_contents; send one of them");
            tensors[i] = raw.Count > 0 ? contents.ReadRaw(raw[i]) : contents.ReadTyped();
        }

        return tensors;
    }

    private static Dictionary<string, object> Parameters(MapField<string, InferParameter> parameters)
    {
        if (parameters.Count > RequestLimits.MaxParameters)
            throw Fault($"parameters has more than the limit of {RequestLimits.MaxParameters}");
        var values = new Dictionary<string, object>(StringComparer.Ordinal);
        foreach (var (name, parameter) in parameters)
        {
            values[name] = parameter.ParameterChoiceCase switch
            {
                InferParameter.ParameterChoiceOneofCase.BoolParam => parameter.BoolParam,
                InferParameter.ParameterChoiceOneofCase.Int64Param => parameter.Int64Param,
                InferParameter.ParameterChoiceOneofCase.StringParam => parameter.StringParam,
                InferParameter.ParameterChoiceOneofCase.DoubleParam => parameter.DoubleParam,
                InferParameter.ParameterChoiceOneofCase.Uint64Param =>
                    parameter.Uint64Param <= long.MaxValue ? (long)parameter.Uint64Param : (object)parameter.Uint64Param,
                _ => throw Fault($"parameter \"{TensorLabel.Shorten(name)}\": has no value; set one of its fields"),
            };
        }

        return values;
    }

    private static ServingException Fault(string message) => new(ServingErrorCode.InvalidRequest, message);

    private TimeSpan? Shorter(TimeSpan? timeout, DateTime deadline)
    {
        if (deadline == DateTime.MaxValue)
            return timeout;
        var left = deadline - time.GetUtcNow().UtcDateTime;
        // The use case refuses one that has passed, like any other.
        left = left > TimeSpan.Zero ? left : TimeSpan.FromTicks(1);
        return timeout < left ? timeout : left;
    }
}
