using System.Globalization;
using System.Linq.Expressions;
using System.Reflection;
using System.Text;
using Anhu.Modules.Protection;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;
using Microsoft.EntityFrameworkCore.Update;

namespace Anhu.Data;

/// <summary>Columns that are kept sealed: bytes in the store, their value in the program.</summary>
public static class Sealing
{
    /// <summary>What is shown in the place of a text that can't be opened: somebody has changed or moved it in the store.</summary>
    public const string Unreadable = "〔已被改动，无法读取 / altered, cannot be read〕";

    /// <summary>Marks a property as sealed. It can be read and written, not compared, ordered or searched by the database.</summary>
    /// <typeparam name="T">Text, a number, a day, bytes, or a list that is kept as JSON.</typeparam>
    /// <param name="property">The property.</param>
    /// <param name="strict">
    /// Whether a value that can't be opened stops what reads it (keys and secrets). Otherwise it reads as <see cref="Unreadable"/>, as nothing
    /// or as an empty list, so that one bad row does not take a whole list down; either way it is reported (<see cref="RefusedValues"/>).
    /// </param>
    public static PropertyBuilder<T> Sealed<T>(this PropertyBuilder<T> property, bool strict = false) => property.HasAnnotation(StoreAnnotations.Sealed, strict);

    /// <summary>A text out of the store, or null when it could not be opened: for what compares or sends it instead of showing it.</summary>
    /// <param name="text">The text as read.</param>
    public static string? Readable(string? text) => text == Unreadable ? null : text;

    /// <summary>Lets contexts use the city's keys (<see cref="CityKeys"/>), each ring with a model of its own.</summary>
    /// <param name="options">The builder.</param>
    public static DbContextOptionsBuilder UseCityKeys(this DbContextOptionsBuilder options) =>
        options.ReplaceService<IModelCacheKeyFactory, ModelOfRing>()
            .ReplaceService<IModificationCommandFactory, SealedModificationCommandFactory>()
            .AddInterceptors(SealedColumnGuard.Instance);

    /// <summary>Whether a property is kept sealed.</summary>
    /// <param name="property">The property.</param>
    public static bool IsSealed(this IReadOnlyProperty property) => property.FindAnnotation(StoreAnnotations.Sealed) is not null;

    /// <summary>The column of a sealed property; null for other properties.</summary>
    /// <param name="mapping">How the property goes into the store.</param>
    public static SealedColumn? SealedColumnOf(this CoreTypeMapping? mapping) => (mapping?.Converter as ISealedConverter)?.Column;

    /// <summary>The name of a column, of which its values are bound to.</summary>
    /// <param name="property">The property.</param>
    public static string PlaceOf(IReadOnlyProperty property) => $"{property.DeclaringType.GetTableName()}.{property.GetColumnName()}";

    /// <summary>Gives the marked properties their converters.</summary>
    internal static void Apply(ModelBuilder builder, KeyRing ring)
    {
        foreach (var property in builder.Model.GetEntityTypes().SelectMany(t => t.GetProperties()).Where(IsSealed).ToList())
        {
            property.SetMaxLength(null);
            property.SetValueConverter(Converter(property, new SealedColumn(property, ring)));
            if (property.ClrType == typeof(byte[]))
            {
                property.SetValueComparer(new ValueComparer<byte[]>(
                    (a, b) => a == b || (a != null && b != null && a.SequenceEqual(b)), v => v.Length == 0 ? 0 : v[0], v => v.ToArray()));
            }
        }
    }

    private static ValueConverter Converter(IReadOnlyProperty property, SealedColumn column)
    {
        var type = Nullable.GetUnderlyingType(property.ClrType) ?? property.ClrType;
        if (type == typeof(string))
        {
            return new SealedConverter<string>(column, v => column.OpenText(v) ?? Unreadable, Encoding.UTF8.GetBytes);
        }

        if (type == typeof(byte[]))
        {
            return new SealedConverter<byte[]>(column, v => column.Open(v) ?? Array.Empty<byte>(), v => v);
        }

        if (type == typeof(double))
        {
            return new SealedConverter<double?>(column, v => NumberOf(column.OpenText(v)), v => Encoding.UTF8.GetBytes(v!.Value.ToString("R", CultureInfo.InvariantCulture)));
        }

        if (type == typeof(DateOnly))
        {
            return new SealedConverter<DateOnly?>(column, v => DayOf(column.OpenText(v)), v => Encoding.UTF8.GetBytes(v!.Value.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)));
        }

        // A list as JSON text, sealed as that text.
        return property.GetValueConverter() is { } inner && inner.ProviderClrType == typeof(string)
            ? (ValueConverter)Activator.CreateInstance(typeof(SealedList<>).MakeGenericType(inner.ModelClrType), column, inner)!
            : throw new InvalidOperationException($"{property.DeclaringType.DisplayName()}.{property.Name} is of a type that can't be sealed.");
    }

    private static double? NumberOf(string? text) => text is null ? null : double.Parse(text, CultureInfo.InvariantCulture);

    private static DateOnly? DayOf(string? text) => text is null ? null : DateOnly.ParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture);

    private sealed class ModelOfRing(ModelCacheKeyFactoryDependencies dependencies) : ModelCacheKeyFactory(dependencies)
    {
        public override object Create(DbContext context, bool designTime) => (base.Create(context, designTime), ((AnhuDbContext)context).Keys);
    }
}

/// <summary>
/// Stops a query that asks the database to compare, order or search a sealed column: it would find nothing and say nothing, since the same value
/// is sealed differently each time. Looks at each query once, when it is compiled.
/// </summary>
internal sealed class SealedColumnGuard : IQueryExpressionInterceptor
{
    public static SealedColumnGuard Instance { get; } = new();

    /// <inheritdoc />
    public Expression QueryCompilationStarting(Expression queryExpression, QueryExpressionEventData eventData)
    {
        if (eventData.Context is { } context)
        {
            new Visitor(context.Model).Visit(queryExpression);
        }

        return queryExpression;
    }

    private sealed class Visitor(IModel model) : ExpressionVisitor
    {
        private static readonly HashSet<string> Harmless = ["Select", "Include", "ThenInclude", "AsNoTracking", "Take", "Skip", "Concat", "SelectMany", "DefaultIfEmpty"];
        private int comparing;

        protected override Expression VisitMethodCall(MethodCallExpression node)
        {
            var isQuery = node.Method.DeclaringType == typeof(Queryable) || node.Method.DeclaringType == typeof(Enumerable);
            if (isQuery && (node.Method.Name is "Join" or "GroupJoin" or "LeftJoin" or "RightJoin"))
            {
                foreach (var (i, argument) in node.Arguments.Index())
                {
                    // The keys are compared; the last argument only puts the two together.
                    comparing += i is 2 or 3 ? 1 : 0;
                    Visit(argument);
                    comparing -= i is 2 or 3 ? 1 : 0;
                }

                return node;
            }

            if (isQuery && !Harmless.Contains(node.Method.Name))
            {
                Visit(node.Arguments.FirstOrDefault());
                comparing++;
                foreach (var argument in node.Arguments.Skip(1))
                {
                    Visit(argument);
                }

                comparing--;
                return node;
            }

            if (node.Object is MemberExpression { Member: PropertyInfo } member && IsSealed(member))
            {
                throw Refused(member);
            }

            return base.VisitMethodCall(node);
        }

        protected override Expression VisitBinary(BinaryExpression node)
        {
            if (node.NodeType is ExpressionType.Equal or ExpressionType.NotEqual && (IsNull(node.Left) || IsNull(node.Right)))
            {
                return node;
            }

            if (node.NodeType is ExpressionType.Equal or ExpressionType.NotEqual or ExpressionType.LessThan or ExpressionType.LessThanOrEqual
                or ExpressionType.GreaterThan or ExpressionType.GreaterThanOrEqual)
            {
                comparing++;
                var visited = base.VisitBinary(node);
                comparing--;
                return visited;
            }

            return base.VisitBinary(node);
        }

        protected override Expression VisitMember(MemberExpression node)
        {
            if (comparing > 0 && node.Member is PropertyInfo && IsSealed(node))
            {
                throw Refused(node);
            }

            return base.VisitMember(node);
        }

        private static InvalidOperationException Refused(MemberExpression node) =>
            new($"{node.Member.DeclaringType!.Name}.{node.Member.Name} is sealed: the database can't compare it. Load it and compare here, or look it up by a blind index.");

        private static bool IsNull(Expression expression) => expression is ConstantExpression { Value: null };

        private bool IsSealed(MemberExpression node) =>
            node.Expression is { } owner && model.FindEntityType(owner.Type)?.FindProperty(node.Member.Name)?.IsSealed() == true;
    }
}
