namespace SeqServe.Core.Errors;

/// <summary>A model version cannot be served. The message is its reason: what is wrong and what to change, without absolute paths.</summary>
public sealed class ModelLoadException(string message, Exception? innerException = null) : Exception(message, innerException);
