using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using SeqServe.Onnx;

namespace SeqServe.Benchmarks.Baselines;

/// <summary>
/// What one writes without a server of one's own: a minimal API, one session with default options, one run per request. It has SeqServe's tokenizer, since
/// the comparison is about serving.
/// </summary>
internal static class NaiveServer
{
    public static int Run(Arguments arguments)
    {
        var model = BaselineModel.Open(arguments);
        OnnxTelemetry.TurnOff();
        using var session = new InferenceSession(model.Graph);
        var builder = WebApplication.CreateBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        var app = builder.Build();
        app.MapPost("/v1/classify", (Request request) =>
        {
            var ids = model.Tokenizer.Encode(request.Inputs, model.MaxTokens).Ids;
            if (ids.Length == 0)
                return Results.BadRequest();
            var idsTensor = new DenseTensor<long>(Array.ConvertAll(ids, id => (long)id), [1, ids.Length]);
            var lengths = new DenseTensor<long>(new long[] { ids.Length }, [1]);
            using var outputs = session.Run([NamedOnnxValue.CreateFromTensor("ids", idsTensor), NamedOnnxValue.CreateFromTensor("lengths", lengths)]);
            var logits = outputs[0].AsTensor<float>().ToArray();
            var max = logits.Max();
            var exp = logits.Select(x => MathF.Exp(x - max)).ToArray();
            var best = Array.IndexOf(exp, exp.Max());
            return Results.Ok(new { label = model.Labels[best], score = exp[best] / exp.Sum() });
        });
        app.Run(arguments.Text("--urls", "http://127.0.0.1:8091"));
        return 0;
    }

    private sealed record Request(string Inputs);
}
