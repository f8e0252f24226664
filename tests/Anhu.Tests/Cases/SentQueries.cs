using System.Collections.Concurrent;
using System.Data.Common;
using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Anhu.Tests.Cases;

/// <summary>What requests, and not the work behind them, ask of one store while this listens.</summary>
internal sealed class SentQueries : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>, IDisposable
{
    private static readonly HttpContextAccessor Request = new();
    private readonly string store;
    private readonly ConcurrentQueue<(string Sql, string[] Parameters)> sent = new();
    private readonly ConcurrentBag<IDisposable> listening = [];

    public SentQueries(string store)
    {
        this.store = store;
        listening.Add(DiagnosticListener.AllListeners.Subscribe(this));
    }

    /// <summary>What was asked since the last time.</summary>
    public List<(string Sql, string[] Parameters)> Take()
    {
        var taken = new List<(string Sql, string[] Parameters)>();
        while (sent.TryDequeue(out var each))
        {
            if (each.Sql.StartsWith("SELECT", StringComparison.Ordinal))
            {
                taken.Add(each);
            }
        }

        return taken;
    }

    public void OnNext(DiagnosticListener value)
    {
        if (value.Name == DbLoggerCategory.Name)
        {
            listening.Add(value.Subscribe(this));
        }
    }

    public void OnNext(KeyValuePair<string, object?> value)
    {
        if (value.Key == RelationalEventId.CommandExecuting.Name && value.Value is CommandEventData { Command: var command }
            && command.Connection?.ConnectionString == store && Request.HttpContext is not null)
        {
            sent.Enqueue((command.CommandText, [.. command.Parameters.Cast<DbParameter>().Select(p => p.ParameterName)]));
        }
    }

    public void OnCompleted()
    {
    }

    public void OnError(Exception error)
    {
    }

    public void Dispose()
    {
        foreach (var each in listening)
        {
            each.Dispose();
        }
    }
}
