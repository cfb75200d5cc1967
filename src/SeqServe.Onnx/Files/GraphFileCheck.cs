using SeqServe.Core.Backends;
using SeqServe.Core.Files;
using SeqServe.Core.Repository;
using SeqServe.Core.Repository.Manifests;

namespace SeqServe.Onnx.Files;

/// <summary>
/// Checks a graph file before ONNX Runtime reads it: what is no graph gets a reason that people can use, and weights are read from regular files beside the
/// graph only.
/// </summary>
internal static class GraphFileCheck
{
    private const int OrtFormatMark = 4;

    // As much as protobuf's own parsers take.
    private const long MaxBytes = int.MaxValue;

    /// <summary>Checks a file.</summary>
    /// <param name="path">Absolute path.</param>
    /// <param name="withInputs">Whether the file will be asked of its inputs, as <see cref="GraphFile.Read(string, Stream, bool)"/> has it.</param>
    /// <returns>What the file holds.</returns>
    /// <exception cref="BackendException">It is no graph, or its external data cannot be used; the message says why and what to do.</exception>
    public static GraphFile Run(string path, bool withInputs)
    {
        try
        {
            using var stream = RegularFile.Open(path);
            if (FileHead.Fault(stream) is { } fault)
                throw Refuse(path, $"it {fault}.");
            if (IsOrtFormat(stream))
                return GraphFile.OfAnotherFormat(path);
            if (stream.Length > MaxBytes)
                throw Refuse(path, "it has more than the 2 GiB that an ONNX file can have. Export it with its weights as external data.");
            var file = Read(path, stream, withInputs);
            CheckExternal(path, file.ExternalTensors);
            return file;
        }
        catch (FileRefusedException e)
        {
            throw Refuse(path, $"it {e.Message}.");
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

    private static GraphFile Read(string path, Stream stream, bool withInputs)
    {
        var file = GraphFile.Read(path, stream, withInputs);
        if (file.Damage is not { } damage)
            return file.HasGraph ? file : throw Refuse(path, "it is an ONNX file without a graph; export the model again.");
        if (damage is OversizedGraphException)
            throw Refuse(path, $"{damage.Message} Export it with fewer, or serve its parts as models of their own.", damage);
        throw file.HasVersion
            ? Refuse(path, $"it is cut off, or damaged. {damage.Message} It has {stream.Length} bytes; copy it again, or export it again.", damage)
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
            CheckLength(graph, file, CheckPlace(graph, path, place));
        }
    }

    // As ONNX Runtime has it: data may lie in the graph's folder, and where the graph is a link also in the folder of what it leads to.
    private static long CheckPlace(string graph, string path, string place)
    {
        if (!RealPath.IsInside(path, Path.GetDirectoryName(graph)!) && !RealPath.IsInside(path, Path.GetDirectoryName(RealPath.Of(graph))!))
            throw Refuse(
                graph,
                $"{place}, a link that leads out of the graph's folder, where ONNX Runtime reads no data. Put the file itself there; or make the graph a link "
                + "too, into the same folder.");
        try
        {
            using var stream = RegularFile.Open(path);
            return FileHead.Fault(stream) is { } fault
                ? throw Refuse(graph, $"its external data, \"{Path.GetFileName(path)}\", {fault}.")
                : stream.Length;
        }
        catch (FileRefusedException e)
        {
            throw Refuse(graph, $"{place}, which {e.Message}.");
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

    private static bool IsOrtFormat(Stream stream)
    {
        Span<byte> head = stackalloc byte[2 * OrtFormatMark];
        var length = stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        stream.Position = 0;
        return length == head.Length && head[OrtFormatMark..].SequenceEqual("ORTM"u8);
    }

    private static BackendException Refuse(string path, string why, Exception? cause = null) =>
        new($"{Path.GetFileName(path)} cannot be opened: {why}", cause);
}
