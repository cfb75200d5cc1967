namespace SeqServe.Api.Configuration;

/// <summary>How log lines are written.</summary>
public enum LogFormat
{
    /// <summary>For people.</summary>
    Text,

    /// <summary>One compact JSON object a line, for collectors.</summary>
    Json,
}
