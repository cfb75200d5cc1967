using Microsoft.Extensions.Options;
using SeqServe.Api.Configuration;
using SeqServe.Core.Registry;

namespace SeqServe.Api.Hosting;

/// <summary>
/// What must hold before the server listens. From then on every model of the repository is known by name, and a request for one that still loads is refused
/// with that reason.
/// </summary>
internal static class StartupChecks
{
    /// <summary>Checks configuration, device and repository.</summary>
    /// <exception cref="OptionsValidationException">The configuration has faults; all are listed.</exception>
    public static void CheckStart(this IServiceProvider services)
    {
        services.ValidateSeqServeOnnx();
        var faults = services.GetRequiredService<ModelRegistry>().Scan();
        if (faults.Count > 0)
            throw new OptionsValidationException(SeqServeOptions.Section, typeof(SeqServeOptions), faults);
    }
}
