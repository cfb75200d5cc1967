namespace SeqServe.Core.Backends;

/// <summary>A run failed or a graph cannot be opened. The message may name files and operators: it is for the log, not for a caller.</summary>
public sealed class BackendException(string message, Exception? innerException = null) : Exception(message, innerException);
