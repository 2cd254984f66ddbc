using BluePlan.State.Storage;
using FluentAssertions;

namespace BluePlan.State.Conformance;

/// <summary>What the fixtures of the session manager share.</summary>
/// <typeparam name="THarness">The provider's harness.</typeparam>
public abstract class SessionFixture<THarness> : ManagerFixture<THarness> where THarness : StateProviderHarness, new()
{
    /// <summary>Data to begin with.</summary>
    protected static readonly ChatState Hello = new("hello", 0);

    /// <summary>The manager under test.</summary>
    protected ISessionManager Sessions => State.Sessions;

    /// <summary>An expiry that slides by so many ticks.</summary>
    protected StateExpiry Sliding(double ticks, double? absoluteTimeout = null) => StateExpiry.Sliding(Tick * ticks, Tick * absoluteTimeout);

    /// <summary>Asserts that something happened, by the store's clock, since an instant and before now; the clocks agree to a fraction of a tick.</summary>
    protected void AssertSince(DateTimeOffset? actual, DateTimeOffset begin, TimeSpan offset = default)
    {
        actual.Should().NotBeNull();
        (actual!.Value - offset).Should().BeOnOrAfter(begin - Tick / 4).And.BeOnOrBefore(Now + Tick / 4);
    }

    /// <summary>Asserts that two instants of the store are the same, but for the fraction of a tick that some servers tell them to.</summary>
    protected void AssertSame(DateTimeOffset? actual, DateTimeOffset? expected)
    {
        expected.Should().NotBeNull();
        actual.Should().BeCloseTo(expected!.Value, Tick / 4);
    }

    /// <summary>Asserts that two pictures of a session are the same.</summary>
    protected void AssertSame(Session<ChatState>? actual, Session<ChatState>? expected)
    {
        (actual! with { LastActivityAt = default, ExpiresAt = null }).Should().Be(expected! with { LastActivityAt = default, ExpiresAt = null });
        AssertSame(actual.LastActivityAt, expected.LastActivityAt);
        AssertSame(actual.ExpiresAt, expected.ExpiresAt);
    }

    /// <summary>All texts of the store: keys and members, and values byte by byte as Latin-1.</summary>
    protected async Task<IReadOnlyList<string>> ReadTextsAsync()
    {
        var texts = new List<string>();
        foreach (var record in await ExportAsync())
        {
            texts.Add(record.Key.Id);
            switch (record.Content)
            {
                case DocumentContent document: texts.Add(System.Text.Encoding.Latin1.GetString(document.Value.Span)); break;
                case IndexContent index: texts.AddRange(index.Members.Select(m => m.Member)); break;
            }
        }
        return texts;
    }

    /// <summary>The handles of all pages.</summary>
    protected async Task<IReadOnlyList<string>> ListAsync(string userId, int pageSize = 50)
    {
        var handles = new List<string>();
        string? after = null;
        do
        {
            var page = await Sessions.ListAsync<ChatState>(userId, pageSize, after);
            page.Items.Count.Should().BeLessThanOrEqualTo(pageSize);
            handles.AddRange(page.Items.Select(s => s.Handle));
            after = page.Next;
        }
        while (after is not null);
        return handles;
    }
}
