using Microsoft.ML.OnnxRuntime;
using SeqServe.Onnx.Providers;

namespace SeqServe.UnitTests.Onnx.Providers;

/// <summary>Computes on the CPU under another name: one run at a time and on no threads of the budget, unless the test says otherwise.</summary>
internal sealed class OtherProvider : IExecutionProvider
{
    public string Name => "other";

    public bool IsAvailable { get; init; } = true;

    public string Absence => "this build has no such thing";

    public bool RunsSideBySide => false;

    public bool UsesCpuThreads { get; init; }

    public string? Arenas => null;

    /// <summary>Called with the options of each session; throws to be a provider that cannot be used.</summary>
    public Action<SessionOptions>? OnAppend { get; init; }

    public void Append(SessionOptions session) => OnAppend?.Invoke(session);
}
