namespace Anhu.Common;

/// <summary>What went wrong in a use case, seen from outside; decides the HTTP status.</summary>
public enum FailureKind
{
    /// <summary>A field is wrong (HTTP 400).</summary>
    Invalid,

    /// <summary>The thing is not there, or the caller may not know that it is (HTTP 404).</summary>
    NotFound,

    /// <summary>The caller is known but may not do this (HTTP 403).</summary>
    Forbidden,

    /// <summary>Someone was faster (HTTP 409).</summary>
    Conflict,

    /// <summary>The step is not allowed from the present state (HTTP 422).</summary>
    NotAllowed,

    /// <summary>What it needs is away for now; the same may be tried later (HTTP 503).</summary>
    Unavailable,
}

/// <summary>A failure that a user can cause. Bugs and outages are exceptions instead.</summary>
/// <param name="Kind">The group of failures it belongs to.</param>
/// <param name="Code">Stable code such as <c>duties.not-open</c>; names the text in the resources (<c>Failure_duties.not-open</c>).</param>
/// <param name="Field">The path of the wrong field, where one is to blame.</param>
/// <param name="Detail">A value to be shown with the text, never personal data.</param>
public sealed record Failure(FailureKind Kind, string Code, string? Field = null, string? Detail = null);

/// <summary>The outcome of a use case without a value.</summary>
public readonly record struct Result(Failure? Failure)
{
    /// <summary>Success.</summary>
    public static Result Ok => default;

    /// <summary>True when nothing failed.</summary>
    public bool IsOk => Failure is null;

    /// <summary>Wraps a failure.</summary>
    public static implicit operator Result(Failure failure) => new(failure);
}

/// <summary>The outcome of a use case: a value, or the failure that prevented it.</summary>
/// <typeparam name="T">The type of the value.</typeparam>
public readonly record struct Result<T>
{
    private readonly T? value;

    private Result(T? value, Failure? failure)
    {
        this.value = value;
        Failure = failure;
    }

    /// <summary>The failure, or null.</summary>
    public Failure? Failure { get; }

    /// <summary>True when <see cref="Value"/> is there.</summary>
    public bool IsOk => Failure is null;

    /// <summary>The value.</summary>
    /// <exception cref="InvalidOperationException">The use case failed.</exception>
    public T Value => Failure is null ? value! : throw new InvalidOperationException($"The use case failed: {Failure.Code}.");

    /// <summary>Wraps a value.</summary>
    public static implicit operator Result<T>(T value) => new(value, null);

    /// <summary>Wraps a failure.</summary>
    public static implicit operator Result<T>(Failure failure) => new(default, failure);
}
