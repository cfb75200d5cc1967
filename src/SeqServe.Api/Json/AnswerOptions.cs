using System.Text.Encodings.Web;
using System.Text.Json;

namespace SeqServe.Api.Json;

/// <summary>How every protocol writes JSON.</summary>
internal static class AnswerOptions
{
    /// <summary>The options for writing: answers are JSON with nosniff, never part of a page, so é and ' need no escape.</summary>
    public static JsonSerializerOptions ForAnswers(this JsonSerializerOptions options) =>
        new(options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
