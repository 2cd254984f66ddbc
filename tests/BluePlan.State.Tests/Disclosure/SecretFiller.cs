using System.Collections;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using BluePlan.State.Storage;

namespace BluePlan.State.Tests;

/// <summary>Makes an instance of any record in which every text and every value is a secret, without asking its constructor.</summary>
internal static class SecretFiller
{
    /// <summary>What stands in every text.</summary>
    public const string Secret = "s3cret";

    private const BindingFlags Fields = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    /// <summary>The instance.</summary>
    /// <param name="type">Its type, closed.</param>
    /// <param name="isLeftOut">Which properties stay as they are.</param>
    public static object? Make(Type type, Func<Type, string, bool> isLeftOut)
    {
        if (type == typeof(string)) return Secret;
        if (type == typeof(StateKey)) return new StateKey(1, StateShape.Document, "data", $"{Secret}/{Secret}@example.com");
        if (type == typeof(ReadOnlyMemory<byte>)) return (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(Secret);
        if (type == typeof(JsonElement)) return JsonElement.Parse($"\"{Secret}\"");
        if (type == typeof(MapValue)) return new MapValue(Encoding.UTF8.GetBytes(Secret));
        if (Nullable.GetUnderlyingType(type) is { } underlying) return Make(underlying, isLeftOut);
        if (type.IsArray) return ArrayOf(type.GetElementType()!, isLeftOut);
        if (type.IsInterface && type.IsGenericType) return Collection(type, isLeftOut);
        if (type == typeof(StateContent)) return Make(typeof(DocumentContent), isLeftOut);
        if (type.IsPrimitive || type.IsEnum || type.Namespace == "System" && type.IsValueType) return type == typeof(DateTimeOffset) ? DateTimeOffset.UnixEpoch : RuntimeHelpers.GetUninitializedObject(type);
        if (!IsRecord(type)) return null;
        if (type.IsInterface || type.IsAbstract || typeof(Delegate).IsAssignableFrom(type) || type.Assembly != typeof(StateKey).Assembly) return null;
        var made = RuntimeHelpers.GetUninitializedObject(type);
        for (var part = type; part is not null && part != typeof(object); part = part.BaseType)
            foreach (var field in part.GetFields(Fields))
                if (!isLeftOut(type, NameOf(field))) field.SetValue(made, Make(field.FieldType, isLeftOut));
        return made;
    }

    /// <summary>Whether a type prints its members.</summary>
    public static bool IsRecord(Type type) => type.Assembly == typeof(StateKey).Assembly && type.GetMethod("PrintMembers", BindingFlags.NonPublic | BindingFlags.Instance) is not null;

    private static string NameOf(FieldInfo field) => field.Name is ['<', .. var name] ? name[..name.IndexOf('>', StringComparison.Ordinal)] : field.Name;

    private static Array ArrayOf(Type element, Func<Type, string, bool> isLeftOut)
    {
        var array = Array.CreateInstance(element, 1);
        array.SetValue(Make(element, isLeftOut), 0);
        return array;
    }

    private static object? Collection(Type type, Func<Type, string, bool> isLeftOut)
    {
        if (type.GetGenericArguments() is not [var key, var value]) return type.GetGenericArguments() is [var element] && type.IsAssignableFrom(element.MakeArrayType()) ? ArrayOf(element, isLeftOut) : null;
        var dictionary = typeof(Dictionary<,>).MakeGenericType(key, value);
        if (!type.IsAssignableFrom(dictionary)) return null;
        var made = (IDictionary)Activator.CreateInstance(dictionary)!;
        made.Add(Make(key, isLeftOut)!, Make(value, isLeftOut));
        return made;
    }
}
