using Microsoft.ML.OnnxRuntime;
using SeqServe.Onnx.Sessions;

namespace SeqServe.Onnx.Tensors;

/// <summary>
/// Gives the memory of unusually large runs back. The runtime's arena keeps what it has once taken; a run can shrink it at its end, which is
/// asked of the run that follows the disposal of the large outputs.
/// </summary>
/// <param name="arenas">What can be shrunk, or null.</param>
/// <param name="isBounded">Whether the arena is that of bounded sessions, which every run shrinks: what one keeps, another could not take.</param>
internal sealed class OutlierMemory(string? arenas, bool isBounded)
{
    // Below this the arena is a cache worth having; above it a run takes far longer than allocating the pages again.
    private const long Large = 32L << 20;

    // onnxruntime_run_options_config_keys.h
    private const string Shrink = "memory.enable_memory_arena_shrinkage";

    private int _isDue;

    /// <summary>Options for the next run.</summary>
    public RunOptions NextRun()
    {
        var options = SessionLease.NewOptions();
        if ((isBounded || Interlocked.Exchange(ref _isDue, 0) != 0) && arenas is not null)
            options.AddRunConfigEntry(Shrink, arenas);
        return options;
    }

    /// <summary>What is to be disposed in place of a run's outputs.</summary>
    /// <param name="outputs">The outputs.</param>
    /// <param name="bytes">Their size and that of the inputs, by which the memory in between is guessed.</param>
    public IDisposable Watch(IDisposable outputs, long bytes) => bytes < Large ? outputs : new Outputs(outputs, this);

    private sealed class Outputs(IDisposable outputs, OutlierMemory memory) : IDisposable
    {
        public void Dispose()
        {
            outputs.Dispose();
            Volatile.Write(ref memory._isDue, 1);
        }
    }
}
