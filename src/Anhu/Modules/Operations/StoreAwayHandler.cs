using Anhu.Data;
using Anhu.Hosting;
using Microsoft.AspNetCore.Diagnostics;

namespace Anhu.Modules.Operations;

/// <summary>While the store is away, programs are told to come again rather than that something broke.</summary>
internal sealed class StoreAwayHandler(CityStore store, IProblemDetailsService problems) : IExceptionHandler
{
    private const string Code = "store.away";

    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (!Shell.IsApi(httpContext) || !IsAway(exception))
        {
            return false;
        }

        httpContext.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        httpContext.Response.Headers.RetryAfter = "5";
        var problem = new ProblemDetailsContext { HttpContext = httpContext };
        problem.ProblemDetails.Type = $"urn:anhu:{Code}";
        problem.ProblemDetails.Detail = "The store does not answer now. Nothing was stored; send it again.";
        problem.ProblemDetails.Extensions["code"] = Code;
        return await problems.TryWriteAsync(problem);
    }

    private bool IsAway(Exception exception)
    {
        for (var e = exception; e is not null; e = e.InnerException)
        {
            if (store.Provider.IsTransient(e) || e is TimeoutException)
            {
                return true;
            }
        }

        return false;
    }
}
