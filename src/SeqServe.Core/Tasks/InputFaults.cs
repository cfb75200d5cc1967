using SeqServe.Core.Errors;

namespace SeqServe.Core.Tasks;

/// <summary>What is wrong with the inputs of one request, which is refused with all of them named.</summary>
/// <param name="fieldOf">The name of an input's field.</param>
internal sealed class InputFaults(Func<int, string> fieldOf)
{
    // The detail is read by people; the rest of a thousand faults is in the errors.
    private const int MaxInDetail = 3;

    private Dictionary<string, string[]>? _faults;
    private ServingErrorCode _first;

    /// <summary>Notes a fault; of several faults of one input the first is kept.</summary>
    /// <returns>No ids, to be returned in place of the input's.</returns>
    public int[] Add(ServingErrorCode code, int index, string message)
    {
        if (_faults is null)
            _first = code;
        _faults ??= [];
        _faults.TryAdd(fieldOf(index), [message]);
        return [];
    }

    /// <summary>Ends the request when there was any.</summary>
    /// <exception cref="ServingException">Of the first fault's code.</exception>
    public void ThrowIfAny()
    {
        if (_faults is not null)
            throw new ServingException(_first, string.Join(" ", _faults.Take(MaxInDetail).Select(f => $"{f.Key}: {f.Value[0]}"))) { FieldErrors = _faults };
    }
}
