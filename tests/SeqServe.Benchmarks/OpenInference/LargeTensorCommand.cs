using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using SeqServe.Core.Backends;
using SeqServe.Onnx;
using Tensor = SeqServe.Core.Tensors.Tensor;
using TensorDatatype = SeqServe.Core.Tensors.TensorDatatype;

namespace SeqServe.Benchmarks.OpenInference;

/// <summary>
/// A tensor of 4 MB by the binary form of the protocol over a run of the same graph in this process with the server's session options, in alternating turns;
/// and, where an echo server is named, beside a plain route that takes and gives as many bytes.
/// </summary>
internal static class LargeTensorCommand
{
    private const string JsonLength = "Inference-Header-Content-Length";

    public static async Task<int> RunAsync(Arguments arguments)
    {
        var rounds = arguments.Number("--rounds", 60);
        var values = Enumerable.Range(0, TensorModels.LargeSide * TensorModels.LargeSide).Select(i => ((i * 31 % 97) - 48) / 97f).ToArray();
        var bytes = MemoryMarshal.AsBytes<float>(values).ToArray();
        var uri = new Uri($"{arguments.Text("--url")}/v2/models/{TensorModels.Large}/infer");
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        var options = new OnnxOptions { Device = "cpu", Threads = arguments.Number("--threads", Environment.ProcessorCount) };
        using var services = new ServiceCollection().AddLogging().AddSeqServeOnnx().AddSingleton(options).BuildServiceProvider();
        var graphs = new GraphSet(GraphContract.Any, TensorModels.FileOf(arguments.Text("--models"), TensorModels.Large));
        using var backend = services.GetRequiredService<IBackendFactory>().Open<ITensorBackend>(graphs);
        var input = new Tensor("x", TensorDatatype.Fp32, [TensorModels.LargeSide, TensorModels.LargeSide], bytes);
        var (body, jsonLength) = Body(bytes);
        var plainUri = arguments.Text("--echo-url", "") is { Length: > 0 } echo ? new Uri(echo + EchoServer.BinaryRoute) : null;
        var http = new List<double>();
        var plain = new List<double>();
        var raw = new List<double>();
        for (var round = 0; round < rounds; round++)
        {
            http.Add(await SendAsync(client, uri, body, jsonLength));
            if (plainUri is not null)
                plain.Add(await SendAsync(client, plainUri, body, jsonLength));
            var started = Stopwatch.GetTimestamp();
            backend.Run([input], ["y"]).Dispose();
            raw.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"infer {Median(http):0.00} ms, run {Median(raw):0.00} ms, {Median(http) / Median(raw):0.00}× (medians of {rounds} alternating turns)"));
        if (plain.Count > 0)
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"as many bytes to a plain route and back {Median(plain):0.00} ms, {Median(plain) / Median(raw):0.00}× the run"));
        return 0;
    }

    private static (byte[] Body, int JsonLength) Body(byte[] bytes)
    {
        var json = Encoding.UTF8.GetBytes(
            "{\"parameters\":{\"binary_data_output\":true},"
            + $"\"inputs\":[{{\"name\":\"x\",\"shape\":[{TensorModels.LargeSide},{TensorModels.LargeSide}],\"datatype\":\"FP32\","
            + $"\"parameters\":{{\"binary_data_size\":{bytes.Length}}}}}]}}");
        return ([.. json, .. bytes], json.Length);
    }

    private static async Task<double> SendAsync(HttpClient client, Uri uri, byte[] body, int jsonLength)
    {
        var started = Stopwatch.GetTimestamp();
        using var request = new HttpRequestMessage(HttpMethod.Post, uri) { Content = new ByteArrayContent(body) };
        request.Headers.Add(JsonLength, jsonLength.ToString(CultureInfo.InvariantCulture));
        using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        answer.EnsureSuccessStatusCode();
        await answer.Content.CopyToAsync(Stream.Null);
        return Stopwatch.GetElapsedTime(started).TotalMilliseconds;
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
