using System.Reflection;
using System.Runtime.CompilerServices;

namespace BluePlan.State.Tests;

/// <summary>What a type mentions, in signatures, attributes and bodies, together with what the compiler made for it: closures, iterators, async methods.</summary>
internal static class TypeReferences
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    /// <summary>The types of an assembly that people wrote, without nested ones.</summary>
    public static IEnumerable<Type> Written(Assembly assembly) =>
        assembly.GetTypes().Where(static type => !type.IsNested && !type.Name.StartsWith('<') && !type.IsDefined(typeof(CompilerGeneratedAttribute)) && type.Namespace?.StartsWith("BluePlan.", StringComparison.Ordinal) is true);

    /// <summary>The outermost types that a type mentions, of whatever assembly, without itself.</summary>
    public static HashSet<Type> Of(Type type)
    {
        var types = new HashSet<Type>();
        foreach (var member in Members(type)) Add(types, member);
        types.Remove(type);
        return types;
    }

    /// <summary>The members, also types, that a type mentions.</summary>
    public static IEnumerable<MemberInfo> Members(Type type)
    {
        foreach (var part in Parts(type))
        {
            if (part.BaseType is { } parent) yield return parent;
            foreach (var implemented in part.GetInterfaces()) yield return implemented;
            foreach (var attribute in part.GetCustomAttributesData()) yield return attribute.AttributeType;
            foreach (var constraint in part.GetGenericArguments().Where(static argument => argument.IsGenericParameter).SelectMany(static argument => argument.GetGenericParameterConstraints())) yield return constraint;
            foreach (var field in part.GetFields(Declared)) yield return field.FieldType;
            foreach (var method in part.GetMethods(Declared).Cast<MethodBase>().Concat(part.GetConstructors(Declared)))
            {
                if (method is MethodInfo { ReturnType: var returned }) yield return returned;
                foreach (var parameter in method.GetParameters()) yield return parameter.ParameterType;
                foreach (var member in MethodReferences.Of(method)) yield return member;
            }
        }
    }

    private static IEnumerable<Type> Parts(Type type) => type.GetNestedTypes(Declared).SelectMany(Parts).Prepend(type);

    private static void Add(HashSet<Type> types, MemberInfo member)
    {
        switch (member)
        {
            case Type { HasElementType: true } type:
                Add(types, type.GetElementType()!);
                break;
            case Type { IsGenericParameter: true }:
                break;
            case Type type:
                foreach (var argument in type.GetGenericArguments()) Add(types, argument);
                while (type.DeclaringType is { } outer) type = outer;
                types.Add(type.IsGenericType ? type.GetGenericTypeDefinition() : type);
                break;
            default:
                if (member.DeclaringType is { } declaring) Add(types, declaring);
                if (member is MethodInfo { IsGenericMethod: true } method)
                    foreach (var argument in method.GetGenericArguments()) Add(types, argument);
                if (member is FieldInfo field) Add(types, field.FieldType);
                if (member is MethodInfo called) Add(types, called.ReturnType);
                break;
        }
    }
}
