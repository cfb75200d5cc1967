namespace SeqServe.Api.Facades;

/// <summary>A protocol that the server speaks: its routes, and what holds for all of them. One registration adds it to the server.</summary>
internal interface IFacade
{
    /// <summary>Where its routes lie. What no route matches there, and a wrong method or media type, is answered as one of its routes.</summary>
    IReadOnlyList<PathString> Paths { get; }

    /// <summary>
    /// How the media type of its requests begins, where that alone says what they are: one for no route at all is answered as the facade's. Null where it does
    /// not.
    /// </summary>
    string? MediaType => null;

    /// <summary>Metadata of all its routes, those of the controllers in its namespace too: the shape of its errors, and what else is unlike the rest.</summary>
    IReadOnlyList<object> Metadata { get; }

    /// <summary>Requests of each kind that it takes, for the server to send itself before it is ready.</summary>
    IEnumerable<WarmUpRequest> WarmUps(WarmUpModels models) => [];

    /// <summary>Maps its routes that are no controllers.</summary>
    /// <param name="routes">A group that has <see cref="Metadata"/>.</param>
    void Map(IEndpointRouteBuilder routes)
    {
        // Facades whose routes are controllers have none.
    }
}
