using System.Text.Json.Nodes;
using SeqServe.Core.Registry;

namespace SeqServe.Api.Facades;

/// <summary>A request that the server sends itself before it is ready.</summary>
/// <param name="Path">Path of the route, which is posted to.</param>
/// <param name="Body">JSON.</param>
internal sealed record WarmUpRequest(string Path, JsonObject Body);

/// <summary>The models that requests of a warm-up can be about.</summary>
/// <param name="models">All models.</param>
internal sealed class WarmUpModels(IReadOnlyList<ModelDescription> models)
{
    /// <summary>A text of any length that every tokenizer takes.</summary>
    public const string Text = "This is a first text.";

    /// <summary>The same, to be continued.</summary>
    public const string Beginning = "This is a";

    /// <summary>The model of a task that is Ready, the default before others; null where there is none.</summary>
    public ModelDescription? Of(string task) =>
        models.Where(model => model.IsReady && model.Manifest?.Task == task).OrderByDescending(static model => model.IsDefault).FirstOrDefault();

    /// <summary>A request to the model of a task; none where there is none.</summary>
    /// <param name="task">The task.</param>
    /// <param name="path">Path of the route.</param>
    /// <param name="body">The rest of the body.</param>
    public IEnumerable<WarmUpRequest> Ask(string task, string path, JsonObject body)
    {
        if (Of(task) is not { } model)
            yield break;
        body["model"] = model.Name;
        yield return new WarmUpRequest(path, body);
    }
}
