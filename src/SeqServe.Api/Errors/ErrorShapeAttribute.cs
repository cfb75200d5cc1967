namespace SeqServe.Api.Errors;

/// <summary>How a controller's protocol writes a failure. Without one, failures are problem documents.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal abstract class ErrorShapeAttribute : Attribute
{
    /// <summary>Media type of the body.</summary>
    public abstract string MediaType { get; }

    /// <summary>The contract of the body.</summary>
    public abstract Type Contract { get; }

    /// <summary>Name of the event that ends a stream with a failure; null for the protocol's nameless events.</summary>
    public virtual string? EventName => "error";

    /// <summary>The failure as UTF-8 JSON.</summary>
    /// <param name="failure">The failure.</param>
    /// <param name="traceId">The request's trace.</param>
    public abstract byte[] Write(Failure failure, string traceId);
}
