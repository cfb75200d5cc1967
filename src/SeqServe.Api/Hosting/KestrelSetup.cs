using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Options;
using SeqServe.Api.Configuration;
using SeqServe.Api.Facades.OpenInference.Grpc;

namespace SeqServe.Api.Hosting;

/// <summary>The web server's limits and address.</summary>
internal static class KestrelSetup
{
    private const long LeastReadToTheEnd = 32 << 20;
    private const string DefaultAddress = "http://localhost:8080";

    public static void Configure(KestrelServerOptions kestrel)
    {
        kestrel.AddServerHeader = false;
        var options = kestrel.ApplicationServices.GetRequiredService<IOptions<SeqServeOptions>>().Value;
        var grpcPort = options.GrpcPort ?? GrpcAddress.DefaultPort;
        kestrel.ConfigureEndpointDefaults(listen =>
        {
            // Asked for when an address is bound: it needs the web server, which is being made now.
            if (grpcPort > 0 && listen.IPEndPoint?.Port == grpcPort && !kestrel.ApplicationServices.GetRequiredService<GrpcAddress>().IsOfHttp)
                listen.Protocols = HttpProtocols.Http2;
        });
        kestrel.Limits.MaxConcurrentConnections = options.MaxConnections;
        // The limits are StrictJsonBody's and InferBody's. The web server's is a second line: it counts the framing of chunks too, and beyond it a connection
        // is cut off while
        // the client still sends, so that the client may never read its 413; what is below is read to its end and thrown away.
        kestrel.Limits.MaxRequestBodySize = Math.Max(2 * Math.Max(options.MaxRequestBytes, options.MaxTensorRequestBytes), LeastReadToTheEnd);
    }

    /// <summary>
    /// A request is parsed on the thread that read it and answered on the thread that wrote it: a hand-off between threads costs more than either.
    /// </summary>
    public static void ConfigureSockets(SocketTransportOptions sockets)
    {
        sockets.UnsafePreferInlineScheduling = true;
        // A read of nothing before each read of a request, so that an idle connection holds no buffer of 4 KB: a system call per request for 8 MB of 2,048
        // connections.
        sockets.WaitForDataBeforeAllocatingBuffer = false;
    }

    /// <summary>Port 8080 on this machine, unless addresses are configured in one of ASP.NET Core's ways.</summary>
    public static void AddDefaultAddress(this WebApplicationBuilder builder)
    {
        string[] keys = [WebHostDefaults.ServerUrlsKey, "http_ports", "https_ports", "Kestrel:Endpoints"];
        if (!keys.Any(key => builder.Configuration.GetSection(key).Exists()))
            builder.WebHost.UseUrls(DefaultAddress);
    }
}
