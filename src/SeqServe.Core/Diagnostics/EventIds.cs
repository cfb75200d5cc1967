namespace SeqServe.Core.Diagnostics;

/// <summary>Log event ids: 1000 registry, 2000 scheduling, 4000 backend, 5000 HTTP. An id is never used again for something else.</summary>
public static class EventIds
{
#pragma warning disable CS1591 // The log message beside each use says what it is.
    public const int ModelLoaded = 1000;
    public const int ModelUnavailable = 1001;
    public const int RepositoryScanned = 1002;
    public const int RowsDepend = 1003;
    public const int SequencesDepend = 1004;
    public const int ModelUnloaded = 1005;
    public const int RepositoryUnreadable = 1006;
    public const int ModelFolderChanged = 1007;
    public const int ChangeNotLoaded = 1008;
    public const int RetirementFailed = 1009;
    public const int RetirementsUnfinished = 1010;
    public const int ModelFolderUnreadable = 1011;
    public const int ChangeFailed = 1012;
    public const int PollFailed = 1013;
    public const int ScoresDepend = 1014;
    public const int FolderUnclaimed = 1015;
    public const int ChangeStillRuns = 1016;
    public const int LeftoversCleared = 1017;

    public const int BatchFailed = 2000;
    public const int RunFailed = 2001;
    public const int StepFailed = 2002;
    public const int AdvanceFailed = 2003;
    public const int DecodeLoopFailed = 2004;
    public const int PlanMeasured = 2005;
    public const int PlanFailed = 2006;
    public const int RunSourceFailed = 2007;
    public const int RunEnded = 2008;
    public const int RunsUnended = 2009;

    public const int DeviceChosen = 4000;
    public const int DeviceFallback = 4001;
    public const int RuntimeMessage = 4002;
    public const int NoLatencySession = 4003;
    public const int GraphProcessStarted = 4004;
    public const int GraphProcessEnded = 4005;
    public const int GraphProcessNotStarted = 4006;
    public const int GraphProcessSays = 4007;
    public const int GraphIsolated = 4008;

    public const int UnhandledException = 5000;
    public const int ServerReady = 5001;
    public const int Draining = 5002;
    public const int StreamFailed = 5003;
    public const int StateKeyGenerated = 5004;
    public const int GrpcPortTaken = 5005;
    public const int RequestsRefused = 5006;
    public const int ShutdownAnnounced = 5007;
    public const int OpenToAll = 5008;
    public const int CallerCutOff = 5009;
    public const int Warmed = 5010;
    public const int WarmUpFailed = 5011;
#pragma warning restore CS1591
}
