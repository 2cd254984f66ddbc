using BluePlan.State.Storage;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Redis.Tests;

[TestFixture]
public sealed class StoreMarkerTests
{
    [Test]
    public async Task OpenAsync_ManyProcessesOnANewStore_AllFindTheSame()
    {
        for (var round = 0; round < 10; round++)
        {
            await using var harness = new RedisHarness();
            List<IStateProvider> providers = [await harness.CreateAsync()];
            while (providers.Count < 6) providers.Add(await harness.ReopenAsync());

            // Each writes as soon as it is open, while others still look whether the store is new.
            await Task.WhenAll(providers.Select((provider, i) => Task.Run(async () =>
            {
                await provider.OpenAsync(4, default);
                for (var n = 0; n < 20; n++) await provider.CommitAsync(new(new PutDocument(new(n % 4, StateShape.Document, "test", $"{i} {n}"), new byte[] { 1 })), default);
            })));

            (await providers[0].ReadAsync([.. Enumerable.Range(0, 6).Select(i => new DocumentRead(new(19 % 4, StateShape.Document, "test", $"{i} 19")))], default)).Should().NotContainNulls();
        }
    }
}
