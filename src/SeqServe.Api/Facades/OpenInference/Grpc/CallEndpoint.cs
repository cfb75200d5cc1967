using System.IO.Pipelines;
using Google.Protobuf;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Microsoft.AspNetCore.Http.Features;
using SeqServe.Api.Answers;

namespace SeqServe.Api.Facades.OpenInference.Grpc;

/// <summary>
/// Around the library's handling of a call: counts its memory until it has ended, has its answer read in time, and notes how it ended.
/// </summary>
internal static class CallEndpoint
{
    /// <summary>Counts the calls of an endpoint.</summary>
    public static void Use(EndpointBuilder endpoint)
    {
        // The library's endpoints for unknown methods have none, and read no message.
        if (endpoint.Metadata.OfType<GrpcMethodMetadata>().FirstOrDefault()?.Method is not { } method)
            return;
        var next = endpoint.RequestDelegate!;
        var memory = MemoryOf(method);
        var isStream = method.Type is MethodType.ClientStreaming or MethodType.DuplexStreaming;
        endpoint.RequestDelegate = async context =>
        {
            using var outputs = new CallOutputs();
            using var reservation = context.RequestServices.GetRequiredService<BodyBudget>().Begin();
            var body = new CountedBody(context.Request.BodyReader, reservation, memory, isStream);
            context.Features.Set(reservation);
            context.Features.Set(body);
            context.Features.Set<IRequestBodyPipeFeature>(new Feature(body));
            context.Features.Set(outputs);
            var answer = context.RequestServices.GetRequiredService<AnswerTime>().Watch(context, isStream);
            try
            {
                await next(context);
                // The library leaves the message of a unary call to the web server, which sends it when the call has ended; outputs are held until then.
                if (answer.MustFlush)
                    await answer.FlushAsync(context.RequestAborted);
            }
            finally
            {
                CallEnd.Note(context, body);
            }
        };
    }

    // A method does not name its request's type other than as its own first type argument.
    private static MessageMemory MemoryOf(IMethod method) =>
        new(((IMessage)Activator.CreateInstance(method.GetType().GetGenericArguments()[0])!).Descriptor);

    private sealed class Feature(PipeReader reader) : IRequestBodyPipeFeature
    {
        public PipeReader Reader => reader;
    }
}

/// <summary>What a call holds until its answer has been written: outputs, in whose memory the answer's bytes lie, and what is counted for them.</summary>
internal sealed class CallOutputs : IDisposable
{
    private IDisposable? _outputs;
    private IDisposable? _count;

    /// <summary>Holds them until the call has ended.</summary>
    public void Hold(IDisposable outputs, IDisposable? count) => (_outputs, _count) = (outputs, count);

    public void Dispose()
    {
        _outputs?.Dispose();
        _count?.Dispose();
    }
}
