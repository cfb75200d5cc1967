using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;
using SeqServe.Api.Configuration;

namespace SeqServe.Api.Hosting;

/// <summary>The web server's limits and address.</summary>
internal static class KestrelSetup
{
    private const string DefaultAddress = "http://localhost:8080";

    public static void Configure(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        // A second line only: it counts the framing of chunks too, so that a body of the very limit would be refused. The limit is StrictJsonInputFormatter's.
        kestrel.Limits.MaxRequestBodySize = 2 * kestrel.ApplicationServices.GetRequiredService<IOptions<SeqServeOptions>>().Value.MaxRequestBytes;
    }

    /// <summary>Port 8080 on this machine, unless addresses are configured in one of ASP.NET Core's ways.</summary>
    public static void AddDefaultAddress(this WebApplicationBuilder builder)
    {
        string[] keys = [WebHostDefaults.ServerUrlsKey, "http_ports", "https_ports", "Kestrel:Endpoints"];
        if (!keys.Any(key => builder.Configuration.GetSection(key).Exists()))
            builder.WebHost.UseUrls(DefaultAddress);
    }
}
