using BluePlan.State.Storage;
using StackExchange.Redis;

namespace BluePlan.State.Redis;

/// <summary>Reads a page of an index with its documents by one script.</summary>
/// <remarks>
/// <para>The script learns from the index which documents there are, so their names are not declared. They have the
/// index's hash tag, which suffices for a server, and for a node of a cluster as long as the slot stays there.</para>
/// <para>While a slot moves, a node can refuse such a name, or find nothing under it that the other node still has. So
/// a cluster is asked again for what it did not find, by names that are declared. A server that refuses every name that
/// is not declared is asked for the index first and then for the documents.</para>
/// </remarks>
/// <param name="connection">The connection.</param>
/// <param name="keys">What keys are called.</param>
/// <param name="indexes">Reads an index alone.</param>
/// <param name="documents">Reads documents by their names.</param>
internal sealed class PageReads(RedisConnection connection, RedisKeys keys, IndexReads indexes, DocumentGroups documents)
{
    public async ValueTask<StateContent?> ReadAsync(PageRead read)
    {
        IndexContent? index;
        var found = Array.Empty<DocumentContent?>();
        try
        {
            var reply = await connection.EvaluateUnlessMovingAsync(ReadScripts.Page, [keys.Of(read.Key)], Arguments(read)).ConfigureAwait(false);
            index = IndexReads.Show(reply);
            if (index is not null) found = Found(read, index, reply[3]);
        }
        catch (RedisServerException exception) when (RedisFaults.IsMoving(exception) || RedisFaults.RefusesUndeclared(exception))
        {
            index = (IndexContent?)await indexes.ReadAsync(new IndexRead(read.Key, limit: read.Limit, descending: read.Descending, after: read.After)).ConfigureAwait(false);
        }
        if (index is null) return null;

        var members = index.Members;
        var contents = new DocumentContent?[members.Count];
        found.CopyTo(contents, 0);
        await CompleteAsync(read, members, contents, found.Length).ConfigureAwait(false);
        return new PageContent([.. members.Zip(contents, static (member, content) => new PageItem(member, content))], index.Count) { Expiry = index.Expiry };
    }

    /// <summary>Reads by their names the documents that were not read, and in a cluster those that were not found.</summary>
    private async Task CompleteAsync(PageRead read, IReadOnlyList<IndexMember> members, DocumentContent?[] contents, int looked)
    {
        if (looked == contents.Length && (!contents.Contains(null) || !connection.IsCluster)) return;
        var places = new List<int>();
        var reads = new List<StateRead>();
        for (var i = 0; i < contents.Length; i++)
        {
            if (contents[i] is not null || read.DocumentOf(members[i].Member) is not { } key) continue;
            places.Add(i);
            reads.Add(new DocumentRead(key));
        }
        var answers = new StateContent?[reads.Count];
        await documents.ReadAsync([.. reads], [.. Enumerable.Range(0, answers.Length)], answers).ConfigureAwait(false);
        for (var i = 0; i < answers.Length; i++) contents[places[i]] = (DocumentContent?)answers[i];
    }

    private RedisValue[] Arguments(PageRead read)
    {
        var prefix = keys.PrefixOf(read.Key.Partition, read.Type, read.IdPrefix);
        return read.After is { } after
            ? [prefix, read.Limit, read.Descending ? "1" : "", CommitRequest.Score(after.Score), after.Member]
            : [prefix, read.Limit, read.Descending ? "1" : ""];
    }

    private static DocumentContent?[] Found(PageRead read, IndexContent index, RedisResult reply)
    {
        var found = new DocumentContent?[reply.Length];
        for (var i = 0; i < found.Length; i++)
            if (!reply[i].IsNull) found[i] = DocumentReads.Show(new DocumentRead(read.DocumentOf(index.Members[i].Member)!.Value), reply[i]);
        return found;
    }
}
