namespace SeqServe.Api.Observability;

/// <summary>One counter or histogram of one model, found again by the tags of its measurements without making label values of them.</summary>
/// <param name="labels">Its label values.</param>
/// <param name="record">Takes a measurement.</param>
internal sealed class PrometheusChild(string[] labels, Action<double> record)
{
    /// <summary>Takes a measurement.</summary>
    public void Record(double value) => record(value);

    /// <summary>Whether a measurement with these tags is its.</summary>
    public bool Has(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.Length != labels.Length)
            return false;
        for (var i = 0; i < labels.Length; i++)
        {
            // Tags are made once per model: nearly always the very same objects.
            if (!ReferenceEquals(tags[i].Value, labels[i]) && !labels[i].Equals(tags[i].Value as string, StringComparison.Ordinal))
                return false;
        }

        return true;
    }
}
