using Microsoft.ML.OnnxRuntime;
using SeqServe.Onnx.Sessions;
using SeqServe.TestSupport;

namespace SeqServe.UnitTests.Onnx.Sessions;

public class SharedGraphTests
{
    private static string Lstm => Path.Combine(RepositoryRoot.Model("sentiment-lstm"), "1", "model.onnx");

    [Fact]
    public void Close_SessionsOpen_LeavesNoTemporaryFiles()
    {
        using var options = new SessionOptions();
        using var graph = SharedGraph.Optimize(options, o => new InferenceSession(Lstm, o).Dispose());
        Assert.True(File.Exists(graph.File));

        graph.Close();

        Assert.False(Directory.Exists(Path.GetDirectoryName(graph.File)));
        Assert.True(graph.Bytes > 5_000_000);
    }

    [Fact]
    public void Optimize_GraphThatCannotBeRead_LeavesNeitherFilesNorMappings()
    {
        using var options = new SessionOptions();
        var folder = "";
        void WriteDamaged(SessionOptions session)
        {
            folder = Path.GetDirectoryName(session.OptimizedModelFilePath)!;
            File.WriteAllBytes(session.OptimizedModelFilePath, [0xFF]);
            File.WriteAllBytes(Path.Combine(folder, "weights.bin"), new byte[4096]);
        }

        Assert.Throws<InvalidDataException>(() => SharedGraph.Optimize(options, WriteDamaged));

        Assert.False(Directory.Exists(folder));
        if (OperatingSystem.IsLinux())
            Assert.DoesNotContain(folder, File.ReadAllText("/proc/self/maps"), StringComparison.Ordinal);
    }
}
