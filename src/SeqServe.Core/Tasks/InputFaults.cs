using SeqServe.Core.Errors;

namespace SeqServe.Core.Tasks;

/// <summary>What is wrong with the inputs of one request; it is refused with all of them named.</summary>
/// <param name="fieldOf">The name of an input's field.</param>
internal sealed class InputFaults(Func<int, string> fieldOf)
{
    // The detail is read by people; the rest of a thousand faults is in the errors.
    private const int Told = 3;

    private readonly Dictionary<string, string[]> _faults = [];
    private ServingErrorCode _first;

    /// <summary>Notes a fault; gives the ids of an input that has none.</summary>
    public int[] Add(ServingErrorCode code, int index, string message)
    {
        if (_faults.Count == 0)
            _first = code;
        _faults[fieldOf(index)] = [message];
        return [];
    }

    /// <summary>Ends the request when there was any.</summary>
    /// <exception cref="ServingException">Of the first fault's code.</exception>
    public void ThrowIfAny()
    {
        if (_faults.Count > 0)
            throw new ServingException(_first, string.Join(" ", _faults.Take(Told).Select(f => $"{f.Key}: {f.Value[0]}"))) { FieldErrors = _faults };
    }
}
