namespace SeqServe.Api.Facades.OpenAI.Contracts;

/// <summary>What a stream holds besides text.</summary>
public sealed class StreamOptions
{
    /// <summary>Whether a last chunk without choices tells what the request cost. Default false.</summary>
    /// <example>true</example>
    public bool? IncludeUsage { get; init; }

    /// <summary>Not supported: only false is taken.</summary>
    /// <example>false</example>
    public bool? IncludeObfuscation { get; init; }
}
