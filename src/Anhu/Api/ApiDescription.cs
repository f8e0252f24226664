using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Anhu.Api;

/// <summary>The description of the API at <c>/openapi/v1.json</c>: what each route says of itself, and what holds for all of them.</summary>
internal static class ApiDescription
{
    private const string Client = "client";

    /// <summary>Registers it.</summary>
    /// <param name="services">The container.</param>
    public static IServiceCollection AddApiDescription(this IServiceCollection services) => services.AddOpenApi("v1", options =>
    {
        options.AddDocumentTransformer(static (document, _, _) =>
        {
            document.Info = new OpenApiInfo { Title = "Anhu", Version = "v1", Description = "See docs/integrators.md." };
            // Where it is served depends on the city, not on the program.
            document.Servers = [];
            return Task.CompletedTask;
        });
        options.AddDocumentTransformer(static (document, _, _) =>
        {
            document.Components ??= new OpenApiComponents();
            document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>();
            document.Components.SecuritySchemes[Client] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.OAuth2,
                Description = "A system signs in with its client id and secret; anhu client add makes them.",
                Flows = new OpenApiOAuthFlows
                {
                    ClientCredentials = new OpenApiOAuthFlow { TokenUrl = new Uri("/connect/token", UriKind.Relative), Scopes = new Dictionary<string, string>() },
                },
            };
            return Task.CompletedTask;
        });
        options.AddOperationTransformer(DescribeSignInAsync);
    });

    private static async Task DescribeSignInAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken ct)
    {
        if (context.Description.ActionDescriptor.EndpointMetadata.OfType<IAllowAnonymous>().Any() || context.Document is not { } document)
        {
            return;
        }

        operation.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Client, document)] = [] }];
        document.AddComponent(nameof(ProblemDetails), await context.GetOrCreateSchemaAsync(typeof(ProblemDetails), cancellationToken: ct));
        operation.Responses ??= [];
        if (operation.RequestBody is not null)
        {
            Add("400", "The content can't be read, or fields of it are wrong.");
        }

        Add("401", "Nobody is signed in, or the sign-in ran out.");
        Add("403", "The caller lacks the permission.");

        void Add(string status, string description) => operation.Responses.TryAdd(status, new OpenApiResponse
        {
            Description = description,
            Content = new Dictionary<string, OpenApiMediaType>
            {
                ["application/problem+json"] = new OpenApiMediaType { Schema = new OpenApiSchemaReference(nameof(ProblemDetails), document) },
            },
        });
    }
}
