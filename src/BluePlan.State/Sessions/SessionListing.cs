using System.Globalization;
using BluePlan.State.Storage;

namespace BluePlan.State;

/// <summary>
/// Pages through a user's sessions, the newest first: one read of the listing with its sessions, again only while dead
/// ones leave room on the page.
/// </summary>
internal sealed class SessionListing(StateScope scope, SessionStorage sessions)
{
    public const int MaximumPageSize = 1_000;
    private const int MaximumRounds = 10;

    public async Task<StatePage<ListedSession<T>>> ListAsync<T>(string userId, int pageSize, IndexMember? after, CancellationToken cancellationToken)
    {
        await scope.OpenAsync(cancellationToken).ConfigureAwait(false);
        var listing = sessions.Listing(userId);
        var items = new List<ListedSession<T>>();
        for (var round = 1; ; round++)
        {
            var page = await scope.Storage.ReadPageAsync(new(listing, StateTypes.Session.Name, scope.IdPrefix, pageSize + 1, descending: true, after), cancellationToken).ConfigureAwait(false);
            if (page is not { Items.Count: > 0 }) return new(items, null);

            var members = page.Items.Where(static item => StateTypes.UserSessions.IsMember!(item.Member)).Take(pageSize).ToArray();
            var isLast = page.Items.Count <= pageSize;
            var shown = 0;
            for (; shown < members.Length && items.Count < pageSize; shown++)
            {
                var handle = members[shown].Member.Member;
                if (members[shown].Document is { } content) items.Add(sessions.Open(sessions.Key(listing.Partition, handle), handle, content).ToListed<T>());
            }
            var dead = members.Where(static item => item.Document is null).Select(static item => item.Member.Member).ToArray();
            if (dead.Length > 0) await sessions.TidyAsync(userId, dead, cancellationToken).ConfigureAwait(false);

            if (shown == members.Length && isLast) return new(items, null);
            after = shown > 0 ? members[shown - 1].Member : page.Items[^1].Member;
            if (shown == 0) round--; // nothing there was a session
            else if (items.Count == pageSize || round == MaximumRounds) return new(items, Write(members[shown - 1].Member));
        }
    }

    /// <summary>Reads what <see cref="StatePage{T}.Next"/> said.</summary>
    /// <exception cref="ArgumentException">It is something else.</exception>
    public static IndexMember? ParseAfter(string? after)
    {
        if (after is null) return null;
        var dot = after.IndexOf('.', StringComparison.Ordinal);
        return dot > 0 && long.TryParse(after.AsSpan(0, dot), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var created)
            && created is >= -StateLimits.MaximumNumber and <= StateLimits.MaximumNumber && SessionId.IsHandle(after[(dot + 1)..])
            ? new IndexMember(after[(dot + 1)..], created)
            : throw new ArgumentException("It is not what a page gave as its next one.", nameof(after));
    }

    private static string Write(IndexMember place) => string.Create(CultureInfo.InvariantCulture, $"{place.Score}.{place.Member}");
}
