using Mono.Cecil;
using Mono.Cecil.Cil;

namespace Anhu.Tests.Architecture;

/// <summary>
/// Reads compiled assemblies for who uses whom. The compiled code, since it has what the source leaves unsaid: inferred types, extension
/// methods, what Razor makes of a page. What the compiler copies in is not seen: the value of a constant has no arrow to its type.
/// </summary>
internal static class CodeArrows
{
    public static IReadOnlyList<Arrow> Read(params IEnumerable<string> assemblyPaths)
    {
        using var libraries = new DefaultAssemblyResolver();
        foreach (var folder in RunningLibraries().Select(Path.GetDirectoryName).Distinct())
        {
            libraries.AddSearchDirectory(folder);
        }

        var modules = assemblyPaths.Select(path => ModuleDefinition.ReadModule(path, new ReaderParameters { AssemblyResolver = libraries })).ToList();
        try
        {
            var ours = modules.Select(module => module.Assembly.Name.Name).ToHashSet();
            return
            [
                .. modules
                    .SelectMany(module => module.GetTypes())
                    .SelectMany(type => Named(type).Select(named => (From: Place(type), To: Place(named))))
                    .Where(pair => ours.Contains(pair.To.Project) && pair.From != pair.To)
                    .Select(pair => new Arrow(pair.From, pair.To))
                    .Distinct(),
            ];
        }
        finally
        {
            modules.ForEach(module => module.Dispose());
        }
    }

    // What the running program could load: attributes' values can be read only with the libraries that declare their types.
    private static string[] RunningLibraries() => ((string?)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES") ?? "").Split(Path.PathSeparator);

    private static CodePlace Place(TypeReference type)
    {
        while (type.DeclaringType is { } outer)
        {
            type = outer;
        }

        var project = type.Scope switch
        {
            AssemblyNameReference reference => reference.Name,
            ModuleDefinition module => module.Assembly.Name.Name,
            var scope => scope.Name,
        };
        return new CodePlace(project, type.Namespace, type.Name);
    }

    private static IEnumerable<TypeReference> Named(TypeDefinition type) =>
        new[] { type.BaseType }
            .Concat(type.Interfaces.Select(i => i.InterfaceType))
            .Concat(type.Fields.Select(f => f.FieldType))
            .Concat(type.GenericParameters.SelectMany(Constraints))
            .Concat(type.Methods.SelectMany(InMethod))
            .Concat(Attributes([type, .. type.Fields, .. type.Properties, .. type.Events, .. type.Methods, .. type.Methods.SelectMany(m => m.Parameters)]))
            .SelectMany(Parts);

    private static IEnumerable<TypeReference?> InMethod(MethodDefinition method)
    {
        var signature = method.Parameters.Select(p => p.ParameterType)
            .Append(method.ReturnType)
            .Concat(method.GenericParameters.SelectMany(Constraints));
        return method.HasBody
            ? signature
                .Concat(method.Body.Variables.Select(v => v.VariableType))
                .Concat(method.Body.ExceptionHandlers.Select(h => h.CatchType))
                .Concat(method.Body.Instructions.SelectMany(InInstruction))
            : signature;
    }

    private static IEnumerable<TypeReference?> InInstruction(Instruction instruction) => instruction.Operand switch
    {
        TypeReference type => [type],
        FieldReference field => [field.DeclaringType, field.FieldType],
        MethodReference method =>
        [
            method.DeclaringType,
            method.ReturnType,
            .. method.Parameters.Select(p => p.ParameterType),
            .. (method as GenericInstanceMethod)?.GenericArguments ?? [],
        ],
        _ => [],
    };

    private static IEnumerable<TypeReference?> Constraints(GenericParameter parameter) => parameter.Constraints.Select(c => c.ConstraintType);

    private static IEnumerable<TypeReference?> Attributes(IEnumerable<ICustomAttributeProvider> providers) =>
        providers.SelectMany(provider => provider.CustomAttributes).SelectMany(attribute => attribute.ConstructorArguments
            .Concat(attribute.Properties.Select(p => p.Argument))
            .SelectMany(InArgument)
            .Append(attribute.AttributeType));

    private static IEnumerable<TypeReference?> InArgument(CustomAttributeArgument argument) => argument.Value switch
    {
        TypeReference type => [argument.Type, type],
        CustomAttributeArgument[] several => several.SelectMany(InArgument),
        CustomAttributeArgument one => InArgument(one),
        _ => [argument.Type],
    };

    private static IEnumerable<TypeReference> Parts(TypeReference? type) => type switch
    {
        null or GenericParameter => [],
        GenericInstanceType generic => generic.GenericArguments.SelectMany(Parts).Append(generic.ElementType),
        TypeSpecification specification => Parts(specification.ElementType),
        _ => [type],
    };
}
