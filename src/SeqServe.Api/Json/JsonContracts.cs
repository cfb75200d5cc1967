using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace SeqServe.Api.Json;

/// <summary>The source-generated JSON of a facade's contracts. A facade whose controllers take bodies registers one.</summary>
/// <param name="Requests">How bodies are read.</param>
/// <param name="Answers">How answers are written.</param>
internal sealed record FacadeJson(JsonSerializerContext Requests, JsonSerializerContext Answers);

/// <summary>The contracts of all facades, by type.</summary>
internal sealed class JsonContracts(IEnumerable<FacadeJson> facades)
{
    private readonly FacadeJson[] _facades = [.. facades];

    /// <summary>How a body of the type is read; null when it is no facade's contract.</summary>
    public JsonTypeInfo? Request(Type type)
    {
        foreach (var facade in _facades)
        {
            if (facade.Requests.GetTypeInfo(type) is { } found)
                return found;
        }

        return null;
    }

    /// <summary>How an answer of the type is written; null when it is no facade's contract.</summary>
    public JsonTypeInfo? Answer(Type type)
    {
        foreach (var facade in _facades)
        {
            if (facade.Answers.GetTypeInfo(type) is { } found)
                return found;
        }

        return null;
    }

    /// <summary>Makes the framework, and the documents that it describes the API with, name fields as the contracts do.</summary>
    public void Configure(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
        options.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
        options.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        options.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
        for (var i = 0; i < _facades.Length; i++)
            options.TypeInfoResolverChain.Insert(i, _facades[i].Answers);
    }
}

/// <summary>How every protocol writes JSON.</summary>
internal static class AnswerOptions
{
    /// <summary>The options for writing: answers are JSON with nosniff, never part of a page, so é and ' need no escape.</summary>
    public static JsonSerializerOptions ForAnswers(this JsonSerializerOptions options) =>
        new(options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
