using SeqServe.Core.Diagnostics;

namespace SeqServe.Api.Errors;

/// <summary>One row of the error table: what HTTP says for a kind of failure.</summary>
/// <param name="Slug">The stable end of the problem's type, <c>/problems/&lt;slug&gt;</c>.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Title">The same short text for every problem of the kind.</param>
/// <param name="Outcome">How metrics count it.</param>
/// <param name="Example">A detail as a caller may see it, for the documentation.</param>
internal sealed record ProblemKind(string Slug, int Status, string Title, RequestOutcome Outcome, string Example)
{
    /// <summary>The problem's type.</summary>
    public string Type => $"/problems/{Slug}";
}
