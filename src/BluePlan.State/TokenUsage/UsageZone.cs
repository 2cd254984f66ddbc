using BluePlan.State.Storage;

namespace BluePlan.State;

/// <summary>Sees that a tenant's days are always those of one time zone: fixed with its first record, compared with the settings ever after.</summary>
internal sealed class UsageZone(StateScope scope, UsageKeys keys, UsageMemory memory)
{
    /// <summary>Fixes ours when none is fixed yet. Asks the store once an hour.</summary>
    /// <exception cref="InvalidOperationException">Another one is fixed.</exception>
    public async Task FixAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (memory.IsZoneKnown(keys.Tenant, now) || await IsFixedAsync(cancellationToken).ConfigureAwait(false)) return;
        using var buffer = StateCodec.EncodeRecord(new() { TimeZone = Name(memory.Calendar.Zone) }, UsageJson.Default.UsageSettings);
        await scope.Storage.CommitAsync(new(new PutDocument(keys.Settings, buffer.Written, condition: StateCondition.IfAbsent)), cancellationToken).ConfigureAwait(false);
        await IsFixedAsync(cancellationToken).ConfigureAwait(false); // ours, or that of whoever came first
    }

    /// <summary>Compares ours with what is fixed, if anything is. Asks the store once an hour.</summary>
    /// <exception cref="InvalidOperationException">Another one is fixed.</exception>
    public async Task CheckAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (!memory.IsZoneKnown(keys.Tenant, now)) await IsFixedAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task<bool> IsFixedAsync(CancellationToken cancellationToken)
    {
        if (await scope.Storage.ReadAsync(new DocumentRead(keys.Settings), cancellationToken).ConfigureAwait(false) is not { } document) return false;
        var zone = scope.Codec.Decode(keys.Settings, document.Value).ReadRecord(UsageJson.Default.UsageSettings).TimeZone;
        if (zone != Name(memory.Calendar.Zone))
            throw new InvalidOperationException($"Token usage is kept by days of the time zone {zone}, and {nameof(TokenUsageManagerOptions.ReportingTimeZone)} is {Name(memory.Calendar.Zone)}. Set it back: sums of days cannot be moved to another zone. To see another zone's days, give the range that zone.");
        memory.KnowZone(keys.Tenant, scope.Now);
        return true;
    }

    private static string Name(TimeZoneInfo zone) => !zone.HasIanaId && TimeZoneInfo.TryConvertWindowsIdToIanaId(zone.Id, out var name) ? name : zone.Id;
}
