using System.Text;
using BluePlan.State.Conformance;
using BluePlan.State.Storage;
using Microsoft.Extensions.Time.Testing;

namespace BluePlan.State.Tests;

/// <summary>A store with its backup managers, and with keys of every type that the schema knows, so that no type is forgotten.</summary>
internal sealed class BackupTestStore : IAsyncDisposable
{
    public const int PartitionCount = 8;
    public static readonly string[] Tenants = ["", "acme", "a/b%2F"];
    public static readonly string[] Users = ["ann", "bob/../*{}", "安娜"];

    public BackupTestStore(IStateProvider? provider = null, IBackupTarget? target = null, FakeTimeProvider? time = null)
    {
        Time = time ?? new(new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
        Provider = provider ?? new InMemoryStateProvider(Time);
        Target = target ?? new MemoryBackupTarget();
        Storage = new(Provider, new StateOpenOptions { PartitionCount = PartitionCount });
    }

    public FakeTimeProvider Time { get; }

    public IStateProvider Provider { get; }

    public IBackupTarget Target { get; }

    public StateStorage Storage { get; }

    public IBackupManager Backups => For("");

    public StateScope Scope(string tenant) => new(Storage, new StateCodec(new JsonStateSerializer([])), Time, tenant);

    public UsagePosting Posting(string tenant) => new(Scope(tenant), new(new()));

    public IBackupManager For(string tenant) => new BackupManager(Scope(tenant), Posting(tenant), Target);

    public async Task<SortedDictionary<string, string>> ContentsAsync()
    {
        await Storage.OpenAsync(default);
        return await StoreContents.OfAsync(Provider);
    }

    /// <summary>Writes keys of every type for every tenant and user.</summary>
    public async Task SeedAsync(string round = "first")
    {
        foreach (var tenant in Tenants)
        {
            foreach (var user in Users) await SeedUserAsync(tenant, user, round);
            foreach (var type in StateTypes.All.Where(t => t.Ownership is StateOwnership.Tenant or StateOwnership.Aggregate))
                await WriteAsync(new(StateRoute.Of("x", tenant, type.Name) & (PartitionCount - 1), type.Shape, type.Name, KeyText.Join(tenant, $"{type.Name}-{round}")), round);
        }
    }

    /// <summary>
    /// Writes keys of every type that a user has: one session or conversation a round, listed where the schema says. But for usage that waits to be posted, since a restore of a part of the store posts it first.
    /// </summary>
    public async Task SeedUserAsync(string tenant, string user, string round)
    {
        await Storage.OpenAsync(default);
        var scope = Scope(tenant);
        await scope.OpenAsync(default);
        var partition = scope.UserPartition(user);
        var member = Member(user, round);
        foreach (var type in StateTypes.All)
        {
            switch (type.Ownership)
            {
                case StateOwnership.User when type.Shape is StateShape.Index:
                    await CommitAsync(new SetScores(scope.Key(partition, type, user), [new(member, round.Length)]));
                    break;
                case StateOwnership.User:
                    await WriteAsync(scope.Key(partition, type, user, round), round);
                    break;
                case StateOwnership.Member:
                    await WriteAsync(scope.Key(partition, type, member), round);
                    break;
                case StateOwnership.Partition when type != StateTypes.UsagePending:
                    await CommitAsync(new SetScores(new(partition, type.Shape, type.Name, "all"), [new(KeyText.Join(tenant, user, member), 1_000)]));
                    break;
            }
        }
    }

    /// <summary>What a user's session and conversation of a round are called: unique over all tenants, as in life.</summary>
    public static string Member(string user, string round) => StateId.Hash(KeyText.Join(user, round));

    public async Task WriteAsync(StateKey key, string value)
    {
        var bytes = Encoding.UTF8.GetBytes($"{value} of {key}");
        StateOperation operation = key.Shape switch
        {
            StateShape.Document => new PutDocument(key, bytes, StateExpiry.Sliding(TimeSpan.FromHours(1), TimeSpan.FromDays(1))),
            StateShape.Map => new SetFields(key, [new("text", new(bytes)), new("sums", new(new long[] { 1, -2, StateLimits.MaximumNumber }))]),
            StateShape.Log => new AppendEntries(key, [new(bytes, $"id-{value}"), new(bytes)]),
            _ => new SetScores(key, [new(value, 7), new("other", -7)]),
        };
        await CommitAsync(operation);
    }

    public ValueTask<CommitResult> CommitAsync(params StateOperation[] operations) => Storage.CommitAsync(new(operations), default);

    public async ValueTask DisposeAsync() => await Storage.DisposeAsync();
}
