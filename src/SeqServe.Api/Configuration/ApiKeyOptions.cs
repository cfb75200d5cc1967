namespace SeqServe.Api.Configuration;

/// <summary>One API key.</summary>
public sealed class ApiKeyOptions
{
    /// <summary>The key, 16 characters or more.</summary>
    public string Key { get; set; } = "";

    /// <summary>Whether it may load and unload models.</summary>
    /// <value>Default false.</value>
    public bool Admin { get; set; }

    /// <summary>Requests it may send a minute, 1–1,000,000.</summary>
    /// <value>Default none: as many as it likes.</value>
    public int? RequestsPerMinute { get; set; }
}
