using System.Text.Json;

namespace SeqServe.Core.Repository.Manifests;

internal static class ModelCardReader
{
    private const int MaxMetrics = 100;

    public static ModelCard Read(ManifestObject? json)
    {
        if (json is null)
            return new ModelCard();
        var card = new ModelCard
        {
            Data = json.Text("data"),
            DataLicence = json.Text("data_licence"),
            Licence = json.Text("licence"),
            Parameters = json.Number("parameters", 0, long.MaxValue),
            TrainedBy = json.Text("trained_by"),
            Metrics = ReadMetrics(json.Object("metrics")),
            MetricsOn = json.Text("metrics_on"),
            Notes = json.Text("notes"),
        };
        json.RefuseUnknownKeys();
        return card;
    }

    private static Dictionary<string, double> ReadMetrics(ManifestObject? json)
    {
        var metrics = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var (name, value) in json?.Entries() ?? [])
        {
            // JSON allows 1e999, which is infinite as a double; no answer could hold it.
            if (metrics.Count == MaxMetrics)
                json!.Fault(name, null, $"is one of more than {MaxMetrics} metrics; remove some");
            else if (value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && double.IsFinite(number))
                metrics[name] = number;
            else
                json!.Wrong(name, value, "must be a number that a double can hold");
        }

        json?.RefuseUnknownKeys();
        return metrics;
    }
}
