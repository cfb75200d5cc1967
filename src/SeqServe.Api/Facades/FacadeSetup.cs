using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ApplicationModels;

namespace SeqServe.Api.Facades;

/// <summary>Adds facades to the server.</summary>
internal static class FacadeSetup
{
    /// <summary>Registers a facade; this is all that it takes.</summary>
    public static IServiceCollection AddFacade<TFacade>(this IServiceCollection services)
        where TFacade : class, IFacade => services.AddSingleton<IFacade, TFacade>();

    /// <summary>Gives controllers the metadata of their facade.</summary>
    public static IServiceCollection AddFacadeControllers(this IServiceCollection services)
    {
        services.AddOptions<MvcOptions>().Configure<IEnumerable<IFacade>>((mvc, facades) => mvc.Conventions.Add(new ControllerMetadata([.. facades])));
        return services;
    }

    /// <summary>Maps the routes of all facades.</summary>
    public static void MapFacades(this IEndpointRouteBuilder routes)
    {
        foreach (var facade in routes.ServiceProvider.GetServices<IFacade>())
            facade.Map(routes.MapGroup("").WithMetadata([.. facade.Metadata]));
        routes.MapControllerActions();
    }

    // A facade is a folder, and so a namespace: its controllers need not repeat what holds for all its routes.
    private sealed class ControllerMetadata(IReadOnlyList<IFacade> facades) : IControllerModelConvention
    {
        public void Apply(ControllerModel controller)
        {
            var facade = facades
                .Where(facade => IsWithin(controller.ControllerType.Namespace!, facade.GetType().Namespace!))
                .MaxBy(facade => facade.GetType().Namespace!.Length);
            foreach (var selector in controller.Selectors)
            {
                foreach (var metadata in facade?.Metadata ?? [])
                    selector.EndpointMetadata.Add(metadata);
            }
        }

        private static bool IsWithin(string space, string outer) => space == outer || space.StartsWith($"{outer}.", StringComparison.Ordinal);
    }
}
