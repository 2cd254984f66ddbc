using System.Reflection;
using BluePlan.State.Storage;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Tests;

/// <summary>What a log line, an interpolated string or a debugger prints of any public type: no content, no session id, no name of a user, no key.</summary>
public sealed class PrintedTypesTests
{
    // What may be printed, with the reason.
    private static readonly Dictionary<string, string> Shown = new()
    {
        ["TokenUsage.Model"] = "the vendor's name",
        ["TokenUsage.ServiceTier"] = "the vendor's name",
        ["TokenUsageRecord.Model"] = "the vendor's name",
        ["TokenUsageRecord.ServiceTier"] = "the vendor's name",
        ["Session.Handle"] = "names a session without giving it away",
        ["ListedSession.Handle"] = "names a session without giving it away",
        ["Backup.Id"] = "a time and random digits",
        ["Backup.Provider"] = "our own name",
        ["BackupCheck.BackupId"] = "a time and random digits",
        ["RestoreReport.BackupId"] = "a time and random digits",
        ["BackupFault.Object"] = "made of hashes",
        ["BackupFault.Message"] = "never holds content, see the tests of faults",
        ["FileStoreDamage.File"] = "a name of our own",
        ["FileStoreDamage.What"] = "never holds content",
        ["Conversation.Id"] = "no secret, and made of digits",
        ["ToolCall.Id"] = "made by the model's vendor",
        ["ToolResult.CallId"] = "made by the model's vendor",
        ["HistoryMessage.Role"] = "a word of the format",
        ["MessageRange.Role"] = "a word of the format",
        ["FileStoreReport.FormerFiles"] = "where whoever asked for a repair finds what was there before",
    };

    private static IEnumerable<Type> Types => typeof(StateKey).Assembly.GetExportedTypes()
        .Where(static type => !type.IsAbstract && SecretFiller.IsRecord(type))
        .Select(static type => type.IsGenericTypeDefinition ? type.MakeGenericType([.. type.GetGenericArguments().Select(static _ => typeof(string))]) : type);

    [TestCaseSource(nameof(Types))]
    public void ToString_EverythingIsASecret_PrintsNone(Type type)
    {
        var printed = SecretFiller.Make(type, IsShown)!.ToString();

        printed.Should().NotContain(SecretFiller.Secret);
    }

    [Test]
    public void ToString_OfWhatIsNoRecord_PrintsItsNameOnly() => typeof(StateKey).Assembly.GetExportedTypes()
        .Where(static type => type is { IsClass: true, IsAbstract: false } && !SecretFiller.IsRecord(type) && !type.IsSubclassOf(typeof(Exception)))
        .Where(static type => type.GetMethod(nameof(ToString), [])!.DeclaringType != typeof(object) || type.IsDefined(typeof(System.Diagnostics.DebuggerDisplayAttribute))).Should().BeEmpty();

    [Test]
    public void Types_ThatAreShown_AreStillThere()
    {
        var names = Types.SelectMany(static type => type.GetProperties().Select(property => $"{NameOf(type)}.{property.Name}"));

        Shown.Keys.Should().BeSubsetOf(names);
    }

    [Test]
    public void Types_Records_AreAmongThem() => Types.Should().Contain([typeof(TokenUsage), typeof(ToolCall), typeof(ToolResult), typeof(Conversation), typeof(HistoryMessage), typeof(Session<string>), typeof(StateEntry<string>), typeof(IndexRead), typeof(PutDocument), typeof(RestoreOptions)]);

    [Test]
    public void ToString_Exception_PrintsNoneOfItsFacts()
    {
        foreach (var type in typeof(StateKey).Assembly.GetExportedTypes().Where(static type => type.IsSubclassOf(typeof(StateException)) && !type.IsAbstract))
        {
            var constructor = type.GetConstructors().Single();
            var exception = (Exception)constructor.Invoke([.. constructor.GetParameters().Select(static parameter => parameter.Name == "message" ? "It failed."
                : parameter.ParameterType == typeof(string) ? SecretFiller.Secret : parameter.ParameterType.IsValueType ? Activator.CreateInstance(parameter.ParameterType) : null)]);

            exception.ToString().Should().NotContain(SecretFiller.Secret, type.Name).And.Contain("It failed.");
        }
    }

    [Test]
    public void ToString_Key_TellsKeysApart()
    {
        var (one, other) = (new StateKey(7, StateShape.Document, "data", "/ann/x"), new StateKey(7, StateShape.Document, "data", "/ann/y"));

        one.ToString().Should().MatchRegex("^7/Document/data/#[0-9a-f]{8}$").And.NotBe(other.ToString());
        one.ToString().Should().Be(new StateKey(7, StateShape.Document, "data", "/ann/x").ToString());
        default(StateKey).ToString().Should().BeEmpty();
    }

    private static bool IsShown(Type type, string property) => Shown.ContainsKey($"{NameOf(type)}.{property}");

    private static string NameOf(MemberInfo type) => type.Name.Split('`')[0];
}
