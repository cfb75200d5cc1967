namespace SeqServe.Core.Tasks.Translation;

/// <summary>One text of a request, cut into sentences. Joined, they are the text.</summary>
/// <param name="Index">Its place in the request.</param>
/// <param name="Sentences">What is translated and what is kept, in the order of the text.</param>
internal sealed record SourceText(int Index, IReadOnlyList<SourceSentence> Sentences);
