using System.Text.RegularExpressions;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Tests.Readme;

/// <summary>Every C# snippet of the READMEs stands, line by line, in ReadmeSnippets.cs, which compiles and runs.</summary>
[TestFixture]
public sealed partial class ReadmeTests
{
    [TestCase("README.md")]
    [TestCase("README.zh-CN.md")]
    public void Snippets_OfTheReadme_StandInCompiledCode(string file)
    {
        var compiled = Lines(Read("ReadmeSnippets.cs"));
        var snippets = Snippet().Matches(Read(file)).Select(static m => Lines(m.Groups[1].Value)).ToArray();

        snippets.Should().HaveCountGreaterThan(7);
        snippets.Where(snippet => !string.Join('\n', compiled).Contains(string.Join('\n', snippet), StringComparison.Ordinal)).Select(static s => s[0])
            .Should().BeEmpty("every snippet, here by its first line, stands in ReadmeSnippets.cs");
    }

    [Test]
    public void Snippets_OfBothReadmes_AreTheSame()
    {
        var english = Snippet().Matches(Read("README.md")).Select(static m => m.Value);
        var chinese = Snippet().Matches(Read("README.zh-CN.md")).Select(static m => m.Value);

        chinese.Should().Equal(english);
    }

    private static string[] Lines(string text) => [.. text.Split('\n').Select(static line => line.Trim()).Where(static line => line.Length > 0)];

    private static string Read(string name)
    {
        using var reader = new StreamReader(typeof(ReadmeTests).Assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }

    [GeneratedRegex("```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Snippet();
}
