using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using SeqServe.Api.Hosting;

namespace SeqServe.Benchmarks.HotPath;

/// <summary>
/// What a classification allocates in the whole server, what a bare web server allocates for a request and an answer of that size, and the difference by type.
/// </summary>
internal static class GarbageCommand
{
    private const int WarmUp = 3000;

    public static async Task<int> RunAsync(Arguments arguments)
    {
        var requests = arguments.Number("--requests", 30_000);
        var clients = arguments.Number("--clients", 1);
        var console = Console.Out;
        await using var bare = Bare();
        await bare.StartAsync();
        var baseline = Measure(bare, clients, requests);
        // Before the other starts: what that listens to is made for this one's requests too.
        await bare.StopAsync();
        // The lines of the log are part of the cost, their way onto a terminal is not.
        Console.SetOut(TextWriter.Null);
        await using var server = ClassifyBenchmarks.Build(arguments.Text("--log", "Information"), ["--urls=http://127.0.0.1:0", "--SeqServe:GrpcPort=0"]);
        await server.StartAsync();
        await ClassifyBenchmarks.ReadyAsync(server);
        var whole = Measure(server, clients, requests);
        await server.StopAsync();

        Console.SetOut(console);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{clients} clients: {whole.Bytes:0} bytes a request, {baseline.Bytes:0} of a bare web " +
            $"server, {whole.Bytes - baseline.Bytes:0} of ours; by type, sampled, those of the bare one taken off:"));
        foreach (var (type, bytes) in Difference(whole, baseline).Where(t => Math.Abs(t.Bytes) >= 8))
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{bytes,6:0} {type}"));
        return 0;
    }

    private static WebApplication Bare()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.WebHost.UseSockets(KestrelSetup.ConfigureSockets);
        var app = builder.Build();
        var answer = new byte[300];
        app.Run(async context =>
        {
            var body = context.Request.BodyReader;
            var read = await body.ReadAsync();
            for (; !read.IsCompleted; read = await body.ReadAsync())
                body.AdvanceTo(read.Buffer.Start, read.Buffer.End);
            body.AdvanceTo(read.Buffer.End);
            context.Response.ContentLength = answer.Length;
            await context.Response.Body.WriteAsync(answer);
        });
        return app;
    }

    private static Garbage Measure(WebApplication server, int clients, int requests)
    {
        var address = new Uri(server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
        var connections = Enumerable.Range(0, clients).Select(_ => new SocketClient(address, "/v1/classify", ClassifyBenchmarks.Body)).ToList();
        Send(connections, WarmUp);
        var before = GC.GetTotalAllocatedBytes(precise: true);
        Send(connections, requests);
        var bytes = GC.GetTotalAllocatedBytes(precise: true) - before;
        using var types = new AllocatedTypes();
        Send(connections, requests);
        var sampled = types.Read().ToDictionary(t => t.Type, t => t.Bytes / requests);
        connections.ForEach(connection => connection.Dispose());
        return new Garbage((double)bytes / requests, sampled);
    }

    private static void Send(List<SocketClient> connections, int requests)
    {
        var threads = connections.ConvertAll(connection => new Thread(() =>
        {
            for (var i = 0; i < requests / connections.Count; i++)
                connection.Send();
        }));
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
    }

    private static IEnumerable<(string Type, double Bytes)> Difference(Garbage whole, Garbage baseline) =>
        whole.Types.Select(t => (Type: t.Key, Bytes: t.Value - baseline.Types.GetValueOrDefault(t.Key))).OrderByDescending(t => t.Bytes);

    private sealed record Garbage(double Bytes, IReadOnlyDictionary<string, double> Types);
}
