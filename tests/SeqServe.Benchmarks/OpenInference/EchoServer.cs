using System.Buffers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace SeqServe.Benchmarks.OpenInference;

/// <summary>
/// Plain routes: one that reads a request of the protocol as JSON and gives it back, which is what a minimal API costs before any model is run; and one that
/// reads the bytes of a large tensor and answers with those of the model's output, which is what moving them costs.
/// </summary>
internal static class EchoServer
{
    public const string Route = "/echo";
    public const string BinaryRoute = "/binary";

    public static int Run(Arguments arguments)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        var app = builder.Build();
        app.MapPost(Route, (Request request) => Results.Ok(request));
        app.MapPost(BinaryRoute, AnswerBinaryAsync);
        Console.WriteLine($"Process {Environment.ProcessId}");
        app.Run(arguments.Text("--urls", "http://127.0.0.1:8092"));
        return 0;
    }

    private static async Task AnswerBinaryAsync(HttpRequest request, HttpResponse response)
    {
        var body = ArrayPool<byte>.Shared.Rent((int)request.ContentLength!.Value);
        await request.Body.ReadExactlyAsync(body.AsMemory(0, (int)request.ContentLength.Value));
        response.ContentLength = TensorModels.LargeOutputBytes;
        await response.Body.WriteAsync(body.AsMemory(0, TensorModels.LargeOutputBytes));
        ArrayPool<byte>.Shared.Return(body);
    }

    private sealed record Request(IReadOnlyList<Input> Inputs);

    private sealed record Input(string Name, long[] Shape, string Datatype, float[] Data);
}
