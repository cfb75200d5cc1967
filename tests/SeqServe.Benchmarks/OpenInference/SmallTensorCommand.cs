using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;

namespace SeqServe.Benchmarks.OpenInference;

/// <summary>Server CPU of a small tensor model's request over that of a plain route which echoes the same JSON, in alternating turns.</summary>
internal static class SmallTensorCommand
{
    private static readonly string s_values =
        string.Join(',', Enumerable.Range(0, TensorModels.SmallWidth).Select(i => (i * 0.25).ToString(CultureInfo.InvariantCulture)));

    private static readonly byte[] s_body = Encoding.UTF8.GetBytes(string.Create(
        CultureInfo.InvariantCulture,
        $$"""{"inputs":[{"name":"x","shape":[1,{{TensorModels.SmallWidth}}],"datatype":"FP32","data":[{{s_values}}]}]}"""));

    public static async Task<int> RunAsync(Arguments arguments)
    {
        var requests = arguments.Number("--requests", 4000);
        var clients = arguments.Number("--clients", 8);
        var rounds = arguments.Number("--rounds", 7);
        using var client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = int.MaxValue, UseProxy = false });
        var ours = (Uri: new Uri($"{arguments.Text("--url")}/v2/models/{TensorModels.Small}/infer"), Pid: arguments.Number("--pid", 0));
        var echo = (Uri: new Uri(arguments.Text("--echo-url") + EchoServer.Route), Pid: arguments.Number("--echo-pid", 0));
        var ratios = new List<double>();
        for (var round = 0; round <= rounds; round++)
        {
            var infer = await MeasureAsync(client, ours.Uri, ours.Pid, requests, clients);
            var plain = await MeasureAsync(client, echo.Uri, echo.Pid, requests, clients);
            // The first round warms up.
            if (round == 0)
                continue;
            ratios.Add(infer / plain);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"round {round} of {rounds}: infer {infer:0.0} µs, echo {plain:0.0} µs of CPU a request, {infer / plain:0.00}×"));
        }

        ratios.Sort();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"median {ratios[ratios.Count / 2]:0.00}×"));
        return 0;
    }

    private static async Task<double> MeasureAsync(HttpClient client, Uri uri, int pid, int requests, int clients)
    {
        var before = Cpu(pid);
        await Task.WhenAll(Enumerable.Range(0, clients).Select(_ => SendAsync(client, uri, requests / clients)));
        return (Cpu(pid) - before).TotalMicroseconds / (requests / clients * clients);
    }

    private static async Task SendAsync(HttpClient client, Uri uri, int requests)
    {
        for (var i = 0; i < requests; i++)
        {
            using var content = new ByteArrayContent(s_body);
            content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            using var answer = await client.PostAsync(uri, content);
            answer.EnsureSuccessStatusCode();
            await answer.Content.CopyToAsync(Stream.Null);
        }
    }

    private static TimeSpan Cpu(int pid)
    {
        using var process = Process.GetProcessById(pid);
        return process.TotalProcessorTime;
    }
}
