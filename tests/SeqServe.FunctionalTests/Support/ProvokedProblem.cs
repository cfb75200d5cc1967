namespace SeqServe.FunctionalTests.Support;

/// <summary>A way to make an operation fail, and what the contract says must come of it.</summary>
/// <param name="Name">What is done wrong.</param>
/// <param name="Operation">The operation as the OpenAPI document names it; empty for requests that reach none.</param>
/// <param name="Status">The status.</param>
/// <param name="Slug">The end of the problem's type.</param>
/// <param name="Provoke">Does it.</param>
public sealed record ProvokedProblem(string Name, string Operation, int Status, string Slug, Func<ErrorServers, Task<HttpResponseMessage>> Provoke)
{
    /// <summary>The field at fault, or null.</summary>
    public string? Field { get; init; }

    /// <summary>Whether the operation fails in OpenAI's shape.</summary>
    public bool IsOpenAI => Operation == ErrorTableOfLanguageModels.PostCompletions || Operation == Encoders.Embed.Operation;

    public override string ToString() => $"{Operation} {Slug}: {Name}";
}
