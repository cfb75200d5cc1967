using SeqServe.Core.Backends;
using SeqServe.Core.Repository;
using SeqServe.Core.Repository.Manifests;

namespace SeqServe.Onnx.Files;

/// <summary>
/// Checks a graph file before ONNX Runtime reads it: what is no graph gets a reason that people can use, and no weights are read from outside of the graph's
/// folder.
/// </summary>
internal static class GraphFileCheck
{
    private const int OrtFormatMark = 4;

    /// <summary>Checks a file.</summary>
    /// <param name="path">Absolute path.</param>
    /// <returns>What the file holds.</returns>
    /// <exception cref="BackendException">It is no graph, or its external data cannot be used; the message says why and what to do.</exception>
    public static GraphFile Run(string path)
    {
        try
        {
            if (FileHead.Fault(path) is { } fault)
                throw Refuse(path, $"it {fault}.");
            if (IsOrtFormat(path))
                return GraphFile.OfAnotherFormat(path);
            var file = Read(path);
            CheckExternal(path, file.ExternalTensors);
            return file;
        }
        catch (FileNotFoundException e)
        {
            throw Refuse(path, "there is no such file.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw Refuse(path, "it cannot be read; check that the server may read it.", e);
        }
    }

    private static GraphFile Read(string path)
    {
        var file = GraphFile.Read(path);
        if (file.Damage is not { } damage)
            return file.HasGraph ? file : throw Refuse(path, "it is an ONNX file without a graph; export the model again.");
        throw file.HasVersion
            ? Refuse(path, $"it is cut off, or damaged. {damage.Message} It has {new FileInfo(path).Length} bytes; copy it again, or export it again.", damage)
            : Refuse(path, "it is no ONNX file. Export the model to ONNX and put that file here.", damage);
    }

    private static void CheckExternal(string graph, IReadOnlyList<ExternalTensor> tensors)
    {
        var folder = Path.GetDirectoryName(graph)!;
        foreach (var file in tensors.GroupBy(t => t.Location, StringComparer.Ordinal))
        {
            var tensor = file.First();
            var location = file.Key.StartsWith("./", StringComparison.Ordinal) ? file.Key[2..] : file.Key;
            var path = Path.Combine(folder, location);
            var place = $"tensor \"{tensor.Name}\" keeps its data in \"{file.Key}\"";
            if (!RelativePath.IsInside(location))
                throw Refuse(graph, $"{place}, which is no file inside of the graph's folder. Export it with its external data beside it.");
            if (!File.Exists(path))
                throw Refuse(graph, $"{place}, which is missing. Copy that file beside the graph, under that name.");
            if (!RealPath.IsInside(path, folder))
                throw Refuse(graph, $"{place}, a link that leads out of the graph's folder. Put the file itself there.");
            if (FileHead.Fault(path) is { } fault)
                throw Refuse(graph, $"its external data, \"{file.Key}\", {fault}.");
            CheckLength(graph, file, new FileInfo(path).Length);
        }
    }

    // What lies behind the end of a mapped file ends the process when it is read.
    private static void CheckLength(string graph, IGrouping<string, ExternalTensor> file, long length)
    {
        foreach (var tensor in file)
        {
            if (tensor.Offset <= length && (tensor.Length ?? 0) <= length - tensor.Offset)
                continue;
            var taken = $"tensor \"{tensor.Name}\" takes bytes {tensor.Offset} to {tensor.Offset + (decimal)(tensor.Length ?? 0)}";
            throw Refuse(graph, $"{taken} of \"{file.Key}\", which has {length}: it is cut off, or of another export. Copy both files again.");
        }
    }

    private static bool IsOrtFormat(string path)
    {
        Span<byte> head = stackalloc byte[2 * OrtFormatMark];
        using var stream = File.OpenRead(path);
        return stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) == head.Length && head[OrtFormatMark..].SequenceEqual("ORTM"u8);
    }

    private static BackendException Refuse(string path, string why, Exception? cause = null) =>
        new($"{Path.GetFileName(path)} cannot be opened: {why}", cause);
}
