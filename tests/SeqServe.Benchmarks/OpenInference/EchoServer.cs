using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace SeqServe.Benchmarks.OpenInference;

/// <summary>A plain route that reads a request of the protocol as JSON and gives it back: what a minimal API costs before any model is run.</summary>
internal static class EchoServer
{
    public const string Route = "/echo";

    public static int Run(Arguments arguments)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        var app = builder.Build();
        app.MapPost(Route, (Request request) => Results.Ok(request));
        Console.WriteLine($"Process {Environment.ProcessId}");
        app.Run(arguments.Text("--urls", "http://127.0.0.1:8092"));
        return 0;
    }

    private sealed record Request(IReadOnlyList<Input> Inputs);

    private sealed record Input(string Name, long[] Shape, string Datatype, float[] Data);
}
