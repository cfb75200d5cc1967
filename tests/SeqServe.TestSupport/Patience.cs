namespace SeqServe.TestSupport;

/// <summary>How long a test waits for what must happen. Only a failing test waits that long.</summary>
public static class Patience
{
    /// <summary>Long enough for a busy build machine.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>Waits for a task.</summary>
    public static Task Wait(Task task) => task.WaitAsync(Limit);

    /// <summary>Waits for a task's result.</summary>
    public static Task<T> Wait<T>(Task<T> task) => task.WaitAsync(Limit);

    /// <summary>Waits for a signal.</summary>
    public static void Wait(ManualResetEventSlim signal)
    {
        if (!signal.Wait(Limit))
            throw new TimeoutException("The signal did not come.");
    }

    /// <summary>Waits for a count.</summary>
    public static void Wait(SemaphoreSlim signal)
    {
        if (!signal.Wait(Limit))
            throw new TimeoutException("The signal did not come.");
    }
}
