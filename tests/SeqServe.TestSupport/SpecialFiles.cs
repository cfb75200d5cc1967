using System.Diagnostics;
using System.Net.Sockets;

namespace SeqServe.TestSupport;

/// <summary>Files that are no regular ones, as somebody may put them where a server reads. Linux only.</summary>
public static class SpecialFiles
{
    /// <summary>Never ends.</summary>
    public const string Endless = "/dev/zero";

    /// <summary>Why tests with them are not run elsewhere.</summary>
    public const string LinuxOnly = "Named pipes and devices that can lie in a folder are Linux's.";

    /// <summary>Makes a named pipe, which holds up whoever opens it until another process writes.</summary>
    /// <param name="path">Its place; a file that is there goes.</param>
    public static void MakePipe(string path)
    {
        File.Delete(path);
        using var mkfifo = Process.Start("mkfifo", [path]);
        mkfifo.WaitForExit();
        if (mkfifo.ExitCode != 0)
            throw new IOException($"mkfifo {path} failed.");
    }

    /// <summary>Makes a socket.</summary>
    /// <param name="path">Its place.</param>
    /// <returns>To be disposed.</returns>
    public static Socket MakeSocket(string path)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(path));
        return socket;
    }

    /// <summary>Makes a file of a length that takes no room on the disk.</summary>
    public static void MakeSparse(string path, long length, params ReadOnlySpan<byte> beginning)
    {
        using var stream = File.Create(path);
        stream.Write(beginning);
        stream.SetLength(length);
    }
}
