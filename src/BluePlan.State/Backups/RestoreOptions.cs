using System.Globalization;
using System.Text;
using BluePlan.State.Storage;

namespace BluePlan.State;

/// <summary>What to restore, how and where.</summary>
public sealed record RestoreOptions
{
    /// <summary>
    /// Which parts; everything by default. Keys of types that this version does not know, a newer version's or a host's own, are restored only with
    /// <see cref="StateParts.All"/> and without <see cref="UserId"/>.
    /// </summary>
    public StateParts Parts { get; init; } = StateParts.All;

    /// <summary>
    /// Only what belongs to this user of the manager's tenant: sessions, conversations with their messages, and own token usage; null = everybody's. Sums and rankings over all users, configs
    /// and the host's own data stay as they are; <see cref="RestoreReport.LeftAlone"/> names them.
    /// </summary>
    public string? UserId { get; init; }

    /// <summary>What happens to keys that are there; <see cref="RestoreMode.Replace"/> by default.</summary>
    public RestoreMode Mode { get; init; }

    /// <summary>
    /// Another store to restore into, of any provider, new or old; null = this one. Hand it over unopened: it is opened with the backup's number of
    /// partitions, so that the two always fit. It stays open afterwards, and stays the caller's to dispose.
    /// </summary>
    public IStateProvider? Into { get; init; }

    // Whatever prints it, a log above all, is shown no names and no content.
    private bool PrintMembers(StringBuilder text)
    {
        text.Append(CultureInfo.InvariantCulture, $"Parts = {Parts}, IsOfUser = {UserId is not null}, Mode = {Mode}, Into = {Into?.Name}");
        return true;
    }
}
