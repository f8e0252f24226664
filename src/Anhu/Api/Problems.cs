using Anhu.Common;
using Anhu.Components.Ui;
using Microsoft.AspNetCore.Mvc;

namespace Anhu.Api;

/// <summary>Turns failures into problem details (RFC 9457).</summary>
public static class Problems
{
    /// <summary>The answer for a failure.</summary>
    /// <param name="failure">The failure.</param>
    public static FailureResult ToProblem(this Failure failure) => new([failure]);

    /// <summary>One answer for several wrong fields.</summary>
    /// <param name="failures">The failures, at least one; the first decides the status.</param>
    public static FailureResult ToProblem(this IReadOnlyList<Failure> failures) => new(failures);

    /// <summary>The HTTP status of a kind of failure.</summary>
    /// <param name="kind">The kind.</param>
    public static int StatusOf(FailureKind kind) => kind switch
    {
        FailureKind.Invalid => StatusCodes.Status400BadRequest,
        FailureKind.NotFound => StatusCodes.Status404NotFound,
        FailureKind.Forbidden => StatusCodes.Status403Forbidden,
        FailureKind.Conflict => StatusCodes.Status409Conflict,
        FailureKind.NotAllowed => StatusCodes.Status422UnprocessableEntity,
        FailureKind.Unavailable => StatusCodes.Status503ServiceUnavailable,
    };
}

/// <summary>Problem details with the stable <c>code</c> of the failure and, for wrong fields, <c>errors</c> keyed by field path.</summary>
/// <param name="failures">The failures; the first decides status and code.</param>
public sealed class FailureResult(IReadOnlyList<Failure> failures) : IResult, IStatusCodeHttpResult
{
    /// <summary>The failures.</summary>
    public IReadOnlyList<Failure> Failures => failures;

    /// <inheritdoc />
    public int? StatusCode => Problems.StatusOf(failures[0].Kind);

    /// <inheritdoc />
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var first = failures[0];
        var words = httpContext.RequestServices.GetRequiredService<FailureText>();
        var problem = new ProblemDetails { Status = StatusCode, Type = $"urn:anhu:{first.Code}", Detail = words.Of(first) };
        problem.Extensions["code"] = first.Code;
        var errors = failures.Where(f => f.Field is not null).GroupBy(f => f.Field!, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => g.Select(words.Of).ToArray(), StringComparer.Ordinal);
        if (errors.Count > 0)
        {
            problem.Extensions["errors"] = errors;
        }

        httpContext.Response.StatusCode = StatusCode!.Value;
        await httpContext.RequestServices.GetRequiredService<IProblemDetailsService>()
            .TryWriteAsync(new ProblemDetailsContext { HttpContext = httpContext, ProblemDetails = problem });
    }
}
