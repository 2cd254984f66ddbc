using System.Reflection;
using System.Runtime.CompilerServices;
using BluePlan.State.Storage;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Tests;

[TestFixture]
public sealed class ApiStyleTests
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly Type[] Public = typeof(IStateProvider).Assembly.GetExportedTypes();

    [Test]
    public void Classes_AreSealedStaticOrAbstract() =>
        Public.Where(static type => type is { IsClass: true, IsSealed: false, IsAbstract: false }).Should().BeEmpty("what is open to inheritance says so by being abstract");

    [Test]
    public void Structs_AreReadOnly() =>
        Public.Where(static type => type is { IsValueType: true, IsEnum: false } && !type.IsDefined(typeof(IsReadOnlyAttribute))).Should().BeEmpty();

    [Test]
    public void Namespaces_AreTheFour() =>
        Public.Select(static type => type.Namespace).Distinct().Should().BeSubsetOf(["BluePlan.State", "BluePlan.State.Storage", "Microsoft.Extensions.Configuration", "Microsoft.Extensions.DependencyInjection"]);

    [Test]
    public void Namespaces_OfRegistration_HoldExtensionsOnly() =>
        Public.Where(static type => type.Namespace!.StartsWith("Microsoft.", StringComparison.Ordinal)).Should().OnlyContain(static type => type.IsAbstract && type.IsSealed, "only extension methods live there");

    [Test]
    public void AsyncMethods_EndWithATokenAndAreNamedSo()
    {
        var asynchronous = Public.SelectMany(static type => type.GetMethods(Declared)).Where(static method => !method.IsSpecialName && IsAsync(method.ReturnType) && method.Name != nameof(IAsyncDisposable.DisposeAsync)).ToArray();
        asynchronous.Should().HaveCountGreaterThan(30);

        asynchronous.Where(static method => method.GetParameters() is not [.., { ParameterType: var last }] || last != typeof(CancellationToken)).Select(Name).Should().BeEmpty("the token comes last, and is always there");
        asynchronous.Where(static method => !method.Name.EndsWith("Async", StringComparison.Ordinal)).Select(Name).Should().BeEmpty();
    }

    [Test]
    public void Tokens_AreLast() =>
        Public.SelectMany(static type => type.GetMethods(Declared)).Where(static method => method.GetParameters().SkipLast(1).Any(static parameter => parameter.ParameterType == typeof(CancellationToken))).Select(Name).Should().BeEmpty();

    [Test]
    public void Records_AreImmutable()
    {
        var records = Public.Where(IsRecord).ToArray();
        records.Should().Contain([typeof(StateRecord), typeof(PutDocument), typeof(LogEntry), typeof(StateExpiry)]);

        var mutable = from type in records from property in type.GetProperties(Declared)
                      where property.SetMethod is { IsPublic: true } setter && !setter.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit))
                      select $"{type.Name}.{property.Name}";
        mutable.Should().BeEmpty();
    }

    [Test]
    public void Collections_AreReadOnlyFromOutside()
    {
        // Options are what hosts fill; all else is handed out.
        var lists = from type in Public where !type.Name.EndsWith("Options", StringComparison.Ordinal) from property in type.GetProperties(Declared) where IsMutableCollection(property.PropertyType) select $"{type.Name}.{property.Name}";

        lists.Should().BeEmpty();
    }

    [Test]
    public void Fields_AreConstantsOrReadOnly() =>
        Public.Where(static type => !type.IsEnum).SelectMany(static type => type.GetFields(Declared)).Where(static field => !field.IsLiteral && !(field is { IsStatic: true, IsInitOnly: true })).Select(static field => $"{field.DeclaringType!.Name}.{field.Name}").Should().BeEmpty();

    [Test]
    public void Options_AreSealedWithAPlainConstructor() =>
        Public.Where(static type => type is { IsClass: true, IsAbstract: false } && type.Name.EndsWith("Options", StringComparison.Ordinal) && !IsRecord(type)).Where(static type => !type.IsSealed || type.GetConstructor([]) is null).Should().BeEmpty();

    [Test]
    public void Exceptions_AreOurOwnKindAndKeepTheirCause()
    {
        var exceptions = Public.Where(static type => type.IsSubclassOf(typeof(Exception)) && !type.IsAbstract).ToArray();

        exceptions.Should().NotBeEmpty().And.OnlyContain(static type => type.IsSubclassOf(typeof(StateException)));
        exceptions.Where(static type => !type.GetConstructors().Any(static constructor => constructor.GetParameters().Any(static parameter => parameter.ParameterType == typeof(Exception)))).Should().BeEmpty("the inner exception is never lost");
    }

    private static bool IsRecord(Type type) => type.GetMethod("<Clone>$") is not null || (type.IsValueType && type.GetMethod("PrintMembers", BindingFlags.NonPublic | BindingFlags.Instance) is not null);

    private static bool IsAsync(Type type)
    {
        if (type.IsGenericType) type = type.GetGenericTypeDefinition();
        return type == typeof(Task) || type == typeof(Task<>) || type == typeof(ValueTask) || type == typeof(ValueTask<>) || type == typeof(IAsyncEnumerable<>);
    }

    private static bool IsMutableCollection(Type type) =>
        type.IsArray || (type.IsGenericType && type.GetGenericTypeDefinition() is var open && (open == typeof(List<>) || open == typeof(IList<>) || open == typeof(ICollection<>) || open == typeof(Dictionary<,>) || open == typeof(IDictionary<,>) || open == typeof(HashSet<>)));

    private static string Name(MethodInfo method) => $"{method.DeclaringType!.Name}.{method.Name}";
}
