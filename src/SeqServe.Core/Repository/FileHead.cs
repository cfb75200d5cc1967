namespace SeqServe.Core.Repository;

/// <summary>Recognizes by its first bytes a file that is not what its name says.</summary>
public static class FileHead
{
    private const int MaxBytes = 64;
    private const string Export = "export the model to ONNX and put that file here";

    private static readonly (byte[] Magic, string Fault)[] s_kinds =
    [
        ([.. "version https://git-lfs"u8], "is a pointer of Git LFS and not the file itself; run \"git lfs pull\" where it comes from and copy it again"),
        ([0x89, .. "PNG"u8], "is a PNG image; put the right file in its place"),
        ([0xFF, 0xD8, 0xFF], "is a JPEG image; put the right file in its place"),
        ([.. "PK\u0003\u0004"u8], $"is a ZIP archive, as PyTorch's own checkpoints are; unpack it, or {Export}"),
        ([0x1F, 0x8B], "is packed with gzip; unpack it"),
        ([0x80, 0x02], $"is a Python pickle; {Export}"),
        ([0x89, .. "HDF"u8], $"is an HDF5 file, as Keras writes them; {Export}"),
        ([.. "%PDF"u8], "is a PDF document; put the right file in its place"),
        ([.. "<!"u8], "is a page of HTML, as a failed download leaves one; download the file itself"),
        ([.. "<html"u8], "is a page of HTML, as a failed download leaves one; download the file itself"),
    ];

    /// <summary>What a file is in place of what it should be and what to do, or null when its beginning shows nothing wrong.</summary>
    /// <param name="file">The file; read from its beginning, to which it is set back.</param>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static string? Fault(Stream file)
    {
        ArgumentNullException.ThrowIfNull(file);
        Span<byte> head = stackalloc byte[MaxBytes];
        file.Position = 0;
        head = head[..file.ReadAtLeast(head, MaxBytes, throwOnEndOfStream: false)];
        file.Position = 0;
        return Fault(head);
    }

    /// <summary>The same of a file that has been read.</summary>
    /// <param name="head">Its content, or the beginning of that.</param>
    public static string? Fault(ReadOnlySpan<byte> head)
    {
        if (head.IsEmpty)
            return "is empty; copy it again";
        foreach (var (magic, fault) in s_kinds)
        {
            if (head.StartsWith(magic))
                return fault;
        }

        return null;
    }
}
