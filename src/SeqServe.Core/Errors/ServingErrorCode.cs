namespace SeqServe.Core.Errors;

/// <summary>Every way a request can fail, one member per row of the error table. The HTTP status and problem type are the API's business.</summary>
public enum ServingErrorCode
{
    /// <summary>The request cannot be read or a value is outside of its range.</summary>
    InvalidRequest,

    /// <summary>API keys are configured and the request carries none that is known.</summary>
    Unauthorized,

    /// <summary>The API key is known but may not do this.</summary>
    Forbidden,

    /// <summary>No model, version or language pair of that name is in the repository.</summary>
    ModelNotFound,

    /// <summary>A portable state was made by another model, version or export.</summary>
    StateMismatch,

    /// <summary>The request body is larger than the server takes.</summary>
    PayloadTooLarge,

    /// <summary>A text has more tokens than the model takes.</summary>
    InputTooLong,

    /// <summary>A text has no tokens.</summary>
    InputEmpty,

    /// <summary>The model's queue is full. Carries the time after which a retry makes sense.</summary>
    Overloaded,

    /// <summary>The API key has used up its rate. Carries the time after which a retry makes sense.</summary>
    RateLimited,

    /// <summary>The model is known but not Ready. Carries the reason of its state.</summary>
    ModelNotReady,

    /// <summary>The server is shutting down and takes no new work.</summary>
    Draining,

    /// <summary>The request's deadline passed before its answer was ready.</summary>
    DeadlineExceeded,

    /// <summary>The backend failed on this row, also when it ran alone.</summary>
    InferenceFailed,

    /// <summary>A model version cannot be loaded; the message says why.</summary>
    LoadFailed,
}
