using BluePlan.State.Storage;
using NUnit.Framework;

namespace BluePlan.State.Conformance;

/// <summary>What the fixtures of backups share: a store that exports and imports, a target in memory, and something of every manager to back up.</summary>
/// <typeparam name="THarness">The provider's harness.</typeparam>
public abstract class BackupFixture<THarness> : ManagerFixture<THarness> where THarness : StateProviderHarness, new()
{
    private readonly THarness _otherHarness = new();

    /// <summary>Where the backups are, whatever becomes of the store.</summary>
    protected MemoryBackupTarget Target { get; } = new();

    /// <summary>The backups of the default tenant.</summary>
    protected IBackupManager Backups => State.Backups;

    /// <summary>Skips the tests of a provider that cannot be backed up.</summary>
    [SetUp]
    public void NeedsExportAndImport()
    {
        foreach (var capability in new[] { StateCapabilities.Export, StateCapabilities.Import })
            if (!Provider.Capabilities.HasFlag(capability)) Assert.Ignore($"The provider '{Provider.Name}' does not offer {capability}.");
    }

    /// <summary>Disposes the other store.</summary>
    [TearDown]
    public async Task DisposeOtherHarnessAsync() => await _otherHarness.DisposeAsync();

    /// <inheritdoc/>
    protected override void Configure(BluePlanStateBuilder builder) => builder.UseBackups(_ => Target);

    /// <summary>Another new store of the same provider, not opened. Dispose it.</summary>
    protected ValueTask<IStateProvider> OtherAsync() => _otherHarness.CreateAsync();

    /// <summary>Everything in the store.</summary>
    protected Task<SortedDictionary<string, string>> ContentsAsync() => StoreContents.OfAsync(Provider);

    /// <summary>Gives a user something of every manager that has something of users, and the tenant something of the others.</summary>
    protected static async Task<UserThings> WriteAsync(IBluePlanState state, string userId, string round)
    {
        var session = await state.Sessions.CreateAsync(userId, new ChatState(round, 1), new() { Expiry = StateExpiry.Sliding(TimeSpan.FromHours(2)) });
        var conversation = await state.History.CreateAsync(userId, round);
        await state.History.AppendAsync(conversation.Id, [HistoryMessage.User($"{round} question"), HistoryMessage.Assistant($"{round} answer")]);
        await state.TokenUsage.RecordAsync(new() { RequestId = $"{userId}-{round}", UserId = userId, Model = "model", SessionId = session.Id, InputTokens = 100, OutputTokens = 10 });
        await state.Config.SaveAsync($"config of {userId}", round);
        await state.Store.SetAsync("things", userId, round);
        await state.Store.IncrementFieldAsync("things", userId, "count");
        return new(session.Id, session.Handle, conversation.Id);
    }

    /// <summary>What was written for a user in a round.</summary>
    protected sealed record UserThings(string SessionId, string Handle, string ConversationId);
}
