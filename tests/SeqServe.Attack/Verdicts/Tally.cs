using System.Globalization;
using SeqServe.Attack.Generation;
using SeqServe.Attack.Sending;

namespace SeqServe.Attack.Verdicts;

/// <summary>What a phase did and saw. Safe for concurrent use.</summary>
/// <param name="name">The phase's.</param>
internal sealed class Tally(string name)
{
    private const int MostInputs = 20;

    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, long> _ends = new(StringComparer.Ordinal);
    private readonly List<string> _modelFailures = [];
    private TimeSpan _slowest;
    private TimeSpan _slowestCanary;

    public string Name => name;

    public long Requests { get; private set; }

    public long CanariesRight { get; private set; }

    public long CanariesRefused { get; private set; }

    public long ModelFailures { get; private set; }

    public TimeSpan Took { get; set; }

    /// <summary>Resident memory in MiB before, at its highest, and after; null without a process to look at.</summary>
    public (double Before, double Highest, double After)? Memory { get; set; }

    /// <summary>The first inputs on which a model failed.</summary>
    public IReadOnlyList<string> FailedInputs => _modelFailures;

    /// <summary>Counts a request and its end.</summary>
    public void Add(AttackRequest request, Outcome outcome)
    {
        lock (_gate)
        {
            Requests++;
            if (outcome.Took > _slowest)
                _slowest = outcome.Took;
            if (outcome.Answers.Count == 0)
                Count(outcome.End.ToString().ToLowerInvariant());
            foreach (var answer in outcome.Answers)
            {
                Count(answer.GrpcStatus is { } status
                    ? string.Create(CultureInfo.InvariantCulture, $"grpc {status}")
                    : answer.Status.ToString(CultureInfo.InvariantCulture));
                if (!Judge.IsModelFailure(answer))
                    continue;
                ModelFailures++;
                if (_modelFailures.Count < MostInputs)
                    _modelFailures.Add(string.Create(CultureInfo.InvariantCulture, $"--only {request.Index}: {Printable.Of(request, 400)}"));
            }
        }
    }

    /// <summary>Counts connections whose end is not judged.</summary>
    /// <param name="end">What became of them.</param>
    /// <param name="count">How many.</param>
    public void AddConnections(string end, int count)
    {
        lock (_gate)
        {
            Requests += count;
            _ends[end] = _ends.GetValueOrDefault(end) + count;
        }
    }

    /// <summary>Counts a good request among the bad ones.</summary>
    public void AddCanary(bool isRefused, TimeSpan took)
    {
        lock (_gate)
        {
            if (isRefused)
                CanariesRefused++;
            else
                CanariesRight++;
            if (took > _slowestCanary)
                _slowestCanary = took;
        }
    }

    /// <summary>The names of the table's columns.</summary>
    public const string Header = "| phase | s | requests | ends | slowest ms | canaries right | busy | slowest ms | MiB before | highest | after |";

    /// <summary>The phase's row.</summary>
    public override string ToString()
    {
        lock (_gate)
        {
            var ends = string.Join(", ", _ends.Select(end => string.Create(CultureInfo.InvariantCulture, $"{end.Key}: {end.Value}")));
            var memory = Memory is { } m ? string.Create(CultureInfo.InvariantCulture, $"{m.Before:0} | {m.Highest:0} | {m.After:0}") : "| |";
            return string.Create(CultureInfo.InvariantCulture, $"| {name} | {Took.TotalSeconds:0} | {Requests} | {ends} | {_slowest.TotalMilliseconds:0} | " +
                $"{CanariesRight} | {CanariesRefused} | {_slowestCanary.TotalMilliseconds:0} | {memory} |");
        }
    }

    private void Count(string end) => _ends[end] = _ends.GetValueOrDefault(end) + 1;
}
