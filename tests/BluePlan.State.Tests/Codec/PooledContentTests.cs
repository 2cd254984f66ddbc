using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;
using FluentAssertions;
using Microsoft.Extensions.DependencyInjection;
using NUnit.Framework;

namespace BluePlan.State.Tests;

/// <summary>What goes back to the pool that all code of a process shares holds no content.</summary>
[TestFixture]
public sealed partial class PooledContentTests
{
    private const string Secret = "4929 7177 0042 1337";

    [Test]
    public async Task AnyManager_AfterWriting_LeavesNoContentInThePool()
    {
        await using var services = new ServiceCollection().AddBluePlanState(static state => state.UseInMemory()).Services.BuildServiceProvider();
        var state = services.GetRequiredService<IBluePlanState>();
        var big = string.Concat(Enumerable.Repeat($"{Secret} ", 3_000));

        var session = await state.Sessions.CreateAsync(Secret, new Dictionary<string, string> { ["card"] = Secret, ["big"] = big });
        FindSecrets("Sessions.CreateAsync");
        await state.Sessions.UpdateAsync<Dictionary<string, string>>(session.Id, static data => new(data) { ["more"] = Secret });
        FindSecrets("Sessions.UpdateAsync");
        await state.Sessions.PatchAsync(session.Id, new() { ["card"] = Secret + "!" });
        FindSecrets("Sessions.PatchAsync");
        var conversation = await state.History.CreateAsync(Secret, Secret);
        FindSecrets("History.CreateAsync");
        await state.History.AppendAsync(conversation.Id, [ChatMessageOf(Secret), ChatMessageOf(big)]);
        FindSecrets("History.AppendAsync");
        await state.Store.SetAsync("cards", "one", big);
        FindSecrets("Store.SetAsync");
        await state.Config.SaveAsync("secret", Secret);
        FindSecrets("Config.SaveAsync");
        using var exported = new MemoryStream();
        await state.History.ExportAsync(conversation.Id, exported);
        FindSecrets("History.ExportAsync");
    }

    [Test]
    public async Task Serializer_FailsHalfWay_LeavesNoContentInThePool()
    {
        await using var services = new ServiceCollection().AddBluePlanState(static state => state.UseInMemory()).Services.BuildServiceProvider();

        await FluentActions.Awaiting(() => services.GetRequiredService<IStateStore>().SetAsync("cards", "one", new Failing())).Should().ThrowAsync<NotSupportedException>();

        FindSecrets("a serializer that fails");
    }

    [Test]
    public void Dispose_MemoryThatWasLentAndNotReported_IsZeroed()
    {
        using (var buffer = new PooledBuffer())
        {
            Encoding.UTF8.GetBytes(Secret, buffer.GetSpan(100));
        }
        FindSecrets("a buffer that was filled without saying so");
    }

    [Test]
    public void Source_EveryReturnToThePool_IsZeroed()
    {
        var returns = SourceTree.Sources().SelectMany(static file => PoolReturn().Matches(file.Text).Select(match => (file.Path, match.Value))).ToList();

        returns.Should().NotBeEmpty("else the pattern finds nothing any more");
        returns.Should().OnlyContain(static r => r.Value.Contains("clearArray: true", StringComparison.Ordinal));
        SourceTree.Sources().Where(static file => OtherPool().IsMatch(file.Text)).Should().BeEmpty("no other pool is known to be zeroed");
    }

    private static HistoryMessage ChatMessageOf(string text) => new() { Role = MessageRole.User, Text = text };

    /// <summary>Rents arrays of all sizes, as anybody in the process may, and looks for what they hold.</summary>
    private static void FindSecrets(string after)
    {
        var secret = Encoding.UTF8.GetBytes(Secret);
        for (var size = 16; size <= 1 << 22; size *= 2)
        {
            var rented = Enumerable.Range(0, size > 1 << 16 ? 4 : 40).Select(_ => ArrayPool<byte>.Shared.Rent(size)).ToList();
            try
            {
                rented.Count(bytes => bytes.AsSpan().IndexOf(secret) >= 0).Should().Be(0, "after {0}", after);
            }
            finally
            {
                foreach (var bytes in rented) ArrayPool<byte>.Shared.Return(bytes, clearArray: true);
            }
        }
    }

    [GeneratedRegex(@"ArrayPool<[^>]+>\.Shared\.Return\([^;]*;")]
    private static partial Regex PoolReturn();

    [GeneratedRegex(@"MemoryPool<|RecyclableMemoryStream|ArrayPool<[^>]+>\.Create")]
    private static partial Regex OtherPool();

    private sealed class Failing
    {
        public string Card { get; } = Secret;

        public string Then => throw new NotSupportedException("It cannot be serialized.");
    }
}
