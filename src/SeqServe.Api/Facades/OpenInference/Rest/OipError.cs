namespace SeqServe.Api.Facades.OpenInference.Rest;

/// <summary>A failure.</summary>
/// <param name="Error" example="Request for unknown model: No model of that name.">What is wrong and what to change.</param>
public sealed record OipError(string Error);
