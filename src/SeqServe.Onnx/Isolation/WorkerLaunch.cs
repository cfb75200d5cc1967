namespace SeqServe.Onnx.Isolation;

/// <summary>How a process for a graph is started. The host registers one; without it no graph can be isolated.</summary>
/// <param name="Program">The program: a path, or a name that the system finds.</param>
/// <param name="Arguments">Its arguments; it must then call <see cref="WorkerProgram.Run"/>.</param>
public sealed record WorkerLaunch(string Program, IReadOnlyList<string> Arguments)
{
    /// <summary>How long it may take to start and to open its graph.</summary>
    /// <value>Default two minutes.</value>
    public TimeSpan StartLimit { get; init; } = TimeSpan.FromMinutes(2);
}
