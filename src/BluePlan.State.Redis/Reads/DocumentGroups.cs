using System.Globalization;
using BluePlan.State.Storage;
using StackExchange.Redis;

namespace BluePlan.State.Redis;

/// <summary>Reads several documents of one partition by one script, or a few when there are many or they are big.</summary>
/// <param name="connection">The connection.</param>
/// <param name="keys">What keys are called.</param>
/// <param name="documents">Reads one document.</param>
internal sealed class DocumentGroups(RedisConnection connection, RedisKeys keys, DocumentReads documents)
{
    // No script keeps others waiting for long.
    private const int MostTogether = 128;

    /// <summary>Answers the reads at some places, all of one partition.</summary>
    /// <param name="reads">All reads. The list is not changed afterwards.</param>
    /// <param name="places">Where the documents stand among them.</param>
    /// <param name="answers">Where the answers go.</param>
    public Task ReadAsync(StateRead[] reads, List<int> places, StateContent?[] answers) =>
        places.Count <= MostTogether ? ReadChunkAsync(reads, [.. places], answers)
        : Task.WhenAll(places.Chunk(MostTogether).Select(chunk => ReadChunkAsync(reads, chunk, answers)));

    private async Task ReadChunkAsync(StateRead[] reads, int[] places, StateContent?[] answers)
    {
        for (var done = 0; done < places.Length;)
        {
            var rest = places[done..];
            RedisResult reply;
            try
            {
                reply = await connection.EvaluateUnlessMovingAsync(ReadScripts.Documents, [.. rest.Select(place => (RedisKey)keys.Of(reads[place].Key))], [.. rest.Select(place => How((DocumentRead)reads[place]))]).ConfigureAwait(false);
            }
            catch (RedisServerException exception) when (RedisFaults.IsMoving(exception))
            {
                // A document that is absent may be on either node until the slot's move has ended. One alone is found.
                await Task.WhenAll(rest.Select(async place => answers[place] = await documents.ReadAsync((DocumentRead)reads[place]).ConfigureAwait(false))).ConfigureAwait(false);
                return;
            }
            for (var i = 0; i < reply.Length; i++) answers[rest[i]] = DocumentReads.Show((DocumentRead)reads[rest[i]], reply[i]);
            done += reply.Length;
        }
    }

    private static RedisValue How(DocumentRead read) => read.Touch switch
    {
        null => read.HeadOnly ? "h" : "p",
        { Kind: StateExpiryKind.Keep } => read.HeadOnly ? "o" : "t",
        { Window: var window } => string.Create(CultureInfo.InvariantCulture, $"{(read.HeadOnly ? 'o' : 't')}{ExpiryPlan.Milliseconds(window)}"),
    };
}
