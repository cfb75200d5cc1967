using System.Globalization;
using SeqServe.Core.Errors;

namespace SeqServe.Api.Facades.OpenInference.Rest;

/// <summary>The model and the version that a path names.</summary>
internal static class ModelRoute
{
    public const string Model = "model";
    public const string Version = "version";

    /// <summary>The model's name, and the version or null for the newest.</summary>
    /// <exception cref="ServingException">The version is not a number, and so none of the model's.</exception>
    public static (string Model, int? Version) Of(HttpContext context)
    {
        var values = context.Request.RouteValues;
        var model = (string)values[Model]!;
        if (values[Version] is not string version)
            return (model, null);
        return int.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? (model, number)
            : throw new ServingException(ServingErrorCode.ModelNotFound, "Versions are whole numbers. GET /v2/models/{model} lists those that serve.");
    }
}
