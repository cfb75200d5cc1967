using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using SeqServe.Api.Hosting;
using SeqServe.Core.Backends;
using SeqServe.Core.Tensors;
using SeqServe.Onnx;
using SeqServe.Onnx.Files;
using SeqServe.Onnx.Isolation;
using SeqServe.TestSupport;
using SeqServe.TestSupport.Onnx;

namespace SeqServe.UnitTests.Onnx.Isolation;

/// <summary>Graphs in processes of their own, as the server starts them.</summary>
internal sealed class IsolatedGraph : IDisposable
{
    /// <summary>r = a mod b of whole numbers: the smallest number and -1 end the process.</summary>
    public static byte[] Remainder { get; } = OnnxGraph.Of(
        [new("a", OnnxGraph.IntType, 0), new("b", OnnxGraph.IntType, 0)], [new("r", OnnxGraph.IntType, 0)], [new OnnxNode("Mod", ["a", "b"], ["r"])]);

    /// <summary>Adds 1 to 0, n times.</summary>
    public static byte[] Counter { get; } = OnnxGraph.Of(
        [new("n", OnnxGraph.LongType)],
        [new("sum", OnnxGraph.FloatType, 1)],
        [
            new OnnxNode("Loop", ["n", "", "zero"], ["sum"])
            {
                Attributes = new Dictionary<string, object>
                {
                    ["body"] = OnnxGraph.Graph(
                        [new("i", OnnxGraph.LongType), new("go", 9), new("before", OnnxGraph.FloatType, 1)],
                        [new("on", 9), new("after", OnnxGraph.FloatType, 1)],
                        [new OnnxNode("Identity", ["go"], ["on"]), new OnnxNode("Add", ["before", "one"], ["after"])]),
                },
            },
        ],
        new OnnxWeights("zero", [1], 0f),
        new OnnxWeights("one", [1], 1f));

    private readonly TemporaryFolder _folder = new();
    private readonly WorkerPool _pool;

    public IsolatedGraph(
        byte[] graph, int processes = 1, WorkerLaunch? launch = null, TimeProvider? time = null, ILogger? logger = null, Action? restarted = null)
    {
        try
        {
            var set = new GraphSet(GraphContract.Any, _folder.Write("model.onnx", graph)) { Owner = "test version 1", Restarted = restarted };
            _pool = new WorkerPool(
                set, new GraphToOpen(set.MainFile, set.Instances, new OnnxOptions { Device = "cpu", Threads = 2 }), processes,
                launch ?? WorkerCommand.Launch(), time ?? TimeProvider.System, logger ?? NullLogger.Instance);
            Backend = new IsolatedTensorBackend(_pool, GraphFile.Read(set.MainFile));
        }
        catch
        {
            _folder.Dispose();
            throw;
        }
    }

    public IsolatedTensorBackend Backend { get; }

    /// <summary>The number of a process that has nothing to do.</summary>
    public int ProcessId
    {
        get
        {
            var worker = _pool.Rent();
            _pool.Return(worker);
            return worker.ProcessId;
        }
    }

    public static Tensor Ints(string name, params int[] values) =>
        new(name, TensorDatatype.Int32, [values.Length], MemoryMarshal.AsBytes<int>(values).ToArray());

    /// <summary>a mod b.</summary>
    public int[] Mod(int a, int b)
    {
        using var outputs = Backend.Run([Ints("a", a), Ints("b", b)], ["r"]);
        return MemoryMarshal.Cast<byte, int>(outputs.Tensors[0].Data.Span).ToArray();
    }

    /// <summary>Counts to n.</summary>
    public float Count(long n)
    {
        using var outputs = Backend.Run([new Tensor("n", TensorDatatype.Int64, [], BitConverter.GetBytes(n))], ["sum"]);
        return BitConverter.ToSingle(outputs.Tensors[0].Data.Span);
    }

    public void Dispose()
    {
        Backend.Dispose();
        _folder.Dispose();
    }
}
