using System.IO.Pipelines;
using Google.Protobuf;
using Grpc.AspNetCore.Server;
using Grpc.Core;
using Microsoft.AspNetCore.Http.Features;

namespace SeqServe.Api.Facades.OpenInference.Grpc;

/// <summary>Around the library's handling of a call: counts its memory until it has ended, and notes how it ended.</summary>
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
            using var reservation = context.RequestServices.GetRequiredService<BodyBudget>().Begin();
            var body = new CountedBody(context.Request.BodyReader, reservation, memory, isStream);
            context.Features.Set(reservation);
            context.Features.Set(body);
            context.Features.Set<IRequestBodyPipeFeature>(new Feature(body));
            try
            {
                await next(context);
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
