namespace Anhu.Tests.Architecture;

/// <summary>A type of ours that another type of ours names, in a signature, an attribute or a method's body.</summary>
/// <param name="From">The type that names.</param>
/// <param name="To">The type that is named.</param>
internal readonly record struct Arrow(CodePlace From, CodePlace To);

/// <summary>Where a type stands.</summary>
/// <param name="Project">The assembly's name.</param>
/// <param name="Namespace">The namespace of the outermost type.</param>
/// <param name="Type">The outermost type's name; what the compiler nests in it counts as the type itself.</param>
internal readonly record struct CodePlace(string Project, string Namespace, string Type);
