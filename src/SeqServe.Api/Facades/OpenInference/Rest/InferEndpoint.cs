using SeqServe.Api.Errors;
using SeqServe.Api.Requests;
using SeqServe.Api.Security;
using SeqServe.Core.Errors;
using SeqServe.Core.Tasks.Tensors;

namespace SeqServe.Api.Facades.OpenInference.Rest;

/// <summary>Tensors in, tensors out. Not a controller, since a small model takes less CPU than MVC's pipeline.</summary>
internal sealed class InferEndpoint(
    TensorInference inference, InferBody body, InferAnswers answers, BodyBudget budget, AnswerBudget answerBudget, RequestReader reader)
{
    public async Task InferAsync(HttpContext context)
    {
        using var memory = new InferMemory(budget);
        try
        {
            var (model, version) = ModelRoute.Of(context);
            inference.EnsureRoom(model, version);
            var (request, inputs) = await body.ReadAsync(
                context.Request,
                memory,
                head => inference.EnsureRoom(model, version, head.Inputs.Select(input => input.Name), head.Parameters),
                context.RequestAborted);
            var ask = new TensorRequest(model, inputs)
            {
                Version = version,
                Outputs = request.Outputs.ConvertAll(o => o.Name),
                Parameters = request.Parameters,
                Timeout = RequestTimeout.Of(context, request.Parameters, reader),
                Priority = RequestPriority.Read(context.Request),
                MaxTexts = reader.MaxInputs,
                Holder = ApiKeyGate.HolderOf(context),
            };
            using var answer = await inference.InferAsync(ask, context.Served(), context.RequestAborted);
            using var waiting = answerBudget.Begin(AnswerBudget.BytesOf(answer.Outputs));
            await answers.WriteAsync(context.Response, request, answer, context.RequestAborted);
            memory.Return();
        }
        catch (ServingException e) when (!context.Response.HasStarted)
        {
            await FailureWriter.WriteAsync(context, Failure.Of(e));
        }
    }
}
