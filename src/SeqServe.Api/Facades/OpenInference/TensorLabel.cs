namespace SeqServe.Api.Facades.OpenInference;

/// <summary>Names of tensors in messages.</summary>
internal static class TensorLabel
{
    // A name is the caller's own and may be as long as a body.
    private const int MaxLength = 64;

    /// <summary>An input by its name.</summary>
    public static string Of(string input) => $"input \"{Shorten(input)}\"";

    /// <summary>The beginning of a text of the caller's.</summary>
    public static string Shorten(string text) => text.Length <= MaxLength ? text : string.Concat(text.AsSpan(0, MaxLength), "…");
}
