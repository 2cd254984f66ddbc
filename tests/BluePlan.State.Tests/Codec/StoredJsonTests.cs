using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Tests;

/// <summary>Holds the one style of the library's own records.</summary>
public sealed class StoredJsonTests
{
    // The app's own types, and the manifest of backups, which is a file for people and has a format of its own.
    private static readonly Type[] Others = [typeof(StateJson), typeof(ManifestJson)];

    private static readonly Assembly Core = typeof(StateCodec).Assembly;

    private static IEnumerable<Type> Contexts => Core.GetTypes().Where(static t => t.IsSubclassOf(typeof(JsonSerializerContext)) && !Others.Contains(t));

    private static IEnumerable<Type> Records => Contexts
        .SelectMany(static context => context.GetCustomAttributesData().Where(static a => a.AttributeType == typeof(JsonSerializableAttribute)))
        .SelectMany(static attribute => WithParts((Type)attribute.ConstructorArguments[0].Value!)).Distinct();

    [Test]
    public void Contexts_OfStoredRecords_HaveTheOneStyle()
    {
        Contexts.Should().HaveCountGreaterThan(3);
        foreach (var context in Contexts)
            context.GetCustomAttributesData().Single(static a => a.AttributeType == typeof(JsonSourceGenerationOptionsAttribute)).NamedArguments
                .ToDictionary(static a => a.MemberName, static a => a.TypedValue.Value).Should().BeEquivalentTo(new Dictionary<string, object?>
                {
                    [nameof(JsonSourceGenerationOptionsAttribute.DefaultIgnoreCondition)] = (int)StoredJson.Omitted,
                    [nameof(JsonSourceGenerationOptionsAttribute.UseStringEnumConverter)] = StoredJson.EnumsByName,
                    [nameof(JsonSourceGenerationOptionsAttribute.MaxDepth)] = StoredJson.MaxDepth,
                }, "{0} writes what is stored", context.Name);
    }

    [Test]
    public void Records_EveryMember_HasANameOfItsOwnAndAKnownForm()
    {
        Records.Should().Contain([typeof(ConfigHead), typeof(SessionHead), typeof(StoredMessage), typeof(StoredCall), typeof(UsageDetail)]);
        foreach (var record in Records)
            foreach (var member in Members(record))
            {
                member.GetCustomAttribute<JsonPropertyNameAttribute>().Should().NotBeNull("{0}.{1} is stored", record.Name, member.Name);
                if (Nullable.GetUnderlyingType(member.PropertyType) is var type && (type ?? member.PropertyType) == typeof(DateTimeOffset))
                    member.GetCustomAttribute<JsonConverterAttribute>()?.ConverterType.Should().Be<UnixTimeConverter>("{0}.{1} is an instant", record.Name, member.Name);
                (type ?? member.PropertyType).Should().NotBe<DateTime>().And.NotBe<TimeSpan>().And.NotBe<double>();
            }
    }

    [Test]
    public void SessionHead_EachMember_IsReadAsItIsWritten()
    {
        var usual = new SessionHead("ann", 1, 2);
        var others = new SessionHead("bob", 3, 4, SessionStatus.Closed);
        var info = SessionJson.Default.SessionHead;

        info.Properties.Should().HaveCountGreaterThan(3);
        foreach (var member in info.Properties)
        {
            // A copy of the usual head that differs in this member alone.
            var head = usual with { };
            var property = typeof(SessionHead).GetProperties().Single(p => p.GetCustomAttribute<JsonPropertyNameAttribute>()!.Name == member.Name);
            property.GetValue(others).Should().NotBe(property.GetValue(usual), "the test tells {0} apart", member.Name);
            property.SetValue(head, property.GetValue(others));

            Read(head, info).Should().Be(head).And.Be(JsonSerializer.Deserialize(Written(head, info).Span, info));
        }
    }

    [TestCase("1772366400500")]
    [TestCase("\"2026-03-01T12:00:00.5+00:00\"", Description = "as it was written before")]
    public void SavedAt_WrittenEver_IsRead(string instant) =>
        JsonSerializer.Deserialize($"{{\"version\":3,\"savedAt\":{instant}}}", ConfigJson.Default.ConfigHead)
            .Should().Be(new ConfigHead(3, new(2026, 3, 1, 12, 0, 0, 500, TimeSpan.Zero)));

    [TestCase("9223372036854775807")]
    [TestCase("-9223372036854775808")]
    [TestCase("1.5")]
    [TestCase("\"yesterday\"")]
    [TestCase("true")]
    [TestCase("null")]
    public void SavedAt_IsNoInstant_Throws(string instant) =>
        FluentActions.Invoking(() => JsonSerializer.Deserialize($"{{\"version\":3,\"savedAt\":{instant}}}", ConfigJson.Default.ConfigHead)).Should().Throw<JsonException>();

    private static SessionHead Read(SessionHead head, JsonTypeInfo<SessionHead> info)
    {
        var reader = new Utf8JsonReader(Written(head, info).Span);
        reader.Read();
        return SessionHead.Read(ref reader);
    }

    private static ReadOnlyMemory<byte> Written(SessionHead head, JsonTypeInfo<SessionHead> info) => JsonSerializer.SerializeToUtf8Bytes(head, info);

    private static IEnumerable<PropertyInfo> Members(Type record) => record.GetProperties(BindingFlags.Public | BindingFlags.Instance)
        .Where(static p => p.CanWrite && p.GetCustomAttribute<JsonIgnoreAttribute>() is not { Condition: JsonIgnoreCondition.Always });

    private static IEnumerable<Type> WithParts(Type type)
    {
        if (type.IsArray) return WithParts(type.GetElementType()!);
        if (type.Assembly != Core || type.IsEnum) return [];
        return [type, .. Members(type).SelectMany(static m => WithParts(m.PropertyType))];
    }
}
