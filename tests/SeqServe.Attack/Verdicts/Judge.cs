using SeqServe.Attack.Generation;
using SeqServe.Attack.Sending;

namespace SeqServe.Attack.Verdicts;

/// <summary>Whether what came of a request is the server's fault.</summary>
internal static class Judge
{
    private const int Unknown = 2;
    private const int NotFound = 5;
    private const int ResourceExhausted = 8;
    private const int Unimplemented = 12;
    private const int Internal = 13;
    private const int Unavailable = 14;
    private const int DataLoss = 15;

    // The documented 500: a graph that fails on an input, in the words of the error table, or that has ended the process of its model.
    private static readonly string[] s_modelFailed = ["model failed", "The model's process ended"];

    /// <summary>What is wrong, or null.</summary>
    public static string? Fault(AttackRequest request, Outcome outcome) => outcome.End switch
    {
        End.Refused => "the server does not listen",
        End.TimedOut => "no answer and no end in time",
        End.Closed when request.Expectation != Expectation.NoFault => "closed without an answer",
        End.Answered => outcome.Answers.Select(answer => Fault(request, answer)).FirstOrDefault(fault => fault is not null),
        _ => null,
    };

    /// <summary>Whether an answer is the documented one of a model that failed on an input.</summary>
    public static bool IsModelFailure(Answer answer) =>
        (answer.Status == 500 || answer.GrpcStatus == Internal) && s_modelFailed.Any(said => answer.Text.Contains(said, StringComparison.Ordinal));

    /// <summary>Whether an answer says that the server is busy, not ready or out of time.</summary>
    public static bool IsBusy(Answer answer) => answer.GrpcStatus is { } status
        ? status is ResourceExhausted or Unavailable or 4
        : answer.Status is 429 or 503 or 504;

    private static string? Fault(AttackRequest request, Answer answer) =>
        BadStatus(request, answer) ?? Unexpected(request, answer) ?? Leak(answer);

    private static string? BadStatus(AttackRequest request, Answer answer)
    {
        if (IsModelFailure(answer))
            return null;
        // A version of HTTP that there is not is answered with 505, as RFC 9110 has it.
        if (answer.Status >= 500 && answer.Status is not (503 or 504) && !(answer.Status == 505 && request.Kind is "targets" or "sockets"))
            return $"{answer.Status}";
        if (answer.GrpcStatus is Unknown or Internal or DataLoss)
            return $"gRPC status {answer.GrpcStatus}";
        // Also for a service that there is not: clients cannot read another answer. The routes of HTTP are on this port too.
        return request is GrpcRequest { Method: "POST", ContentType: "application/grpc" } && answer is { Status: 404, GrpcStatus: null }
            ? "an answer to gRPC without grpc-status"
            : null;
    }

    private static string? Unexpected(AttackRequest request, Answer answer)
    {
        if (IsBusy(answer))
            return !answer.HasRetryAfter && answer.Status is 429 ? "429 without Retry-After" : null;
        var isSuccess = answer.GrpcStatus is { } status ? status == 0 : answer.Status is >= 200 and <= 299;
        return request.Expectation switch
        {
            Expectation.Success when !isSuccess => "a valid request is not answered",
            Expectation.ClientError when isSuccess => "a value that cannot be right is answered",
            Expectation.ClientError when !IsBlame(answer) => "the client's fault is not called one",
            _ => null,
        };
    }

    private static bool IsBlame(Answer answer) => answer.GrpcStatus is { } status
        ? status is 3 or NotFound or 9 or 11 or Unimplemented
        : answer.Status is >= 400 and <= 499;

    private static string? Leak(Answer answer)
    {
        if (answer.Status < 400 && answer.GrpcStatus is null or 0)
            return null;
        string[] traces = ["   at ", "Exception", ".cs:line", "/tmp/", "/src/", "Microsoft.ML", "onnxruntime::"];
        return traces.FirstOrDefault(trace => answer.Text.Contains(trace, StringComparison.Ordinal)) is { } found
            ? $"the answer tells of the server's inside (\"{found.Trim()}\")"
            : null;
    }
}
