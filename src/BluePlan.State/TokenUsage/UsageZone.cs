using BluePlan.State.Storage;

namespace BluePlan.State;

/// <summary>Sees that a tenant's days are always those of one time zone: fixed with its first record, compared with the settings ever after.</summary>
internal sealed class UsageZone(StateScope scope, UsageKeys keys, UsageMemory memory)
{
    private const int MostTenants = 1000;

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

    /// <summary>Compares ours with what is fixed for each tenant that has usage, in two round trips.</summary>
    /// <exception cref="InvalidOperationException">Another one is fixed.</exception>
    public static async Task CheckAllAsync(StateScope scope, UsageMemory memory, CancellationToken cancellationToken)
    {
        StateRead[] listings = [.. Enumerable.Range(0, scope.Storage.PartitionCount).Select(static partition => new IndexRead(UsageKeys.Tenants(partition)))];
        var tenants = (await scope.Storage.ReadAsync(listings, cancellationToken).ConfigureAwait(false)).OfType<IndexContent>()
            .SelectMany(static listing => listing.Members).Select(static member => UsageKeys.TenantOf(member.Member)).Append("").Distinct(StringComparer.Ordinal);
        var now = await scope.NowAsync(cancellationToken).ConfigureAwait(false);
        foreach (var some in tenants.Chunk(MostTenants))
        {
            UsageKeys[] keys = [.. some.Select(tenant => new UsageKeys(scope with { Tenant = tenant }))];
            var settings = await scope.Storage.ReadAsync([.. keys.Select(static StateRead (tenant) => new DocumentRead(tenant.Settings))], cancellationToken).ConfigureAwait(false);
            for (var i = 0; i < keys.Length; i++)
                if (settings[i] is DocumentContent document) new UsageZone(scope, keys[i], memory).Compare(document, now);
        }
    }

    private async Task<bool> IsFixedAsync(CancellationToken cancellationToken)
    {
        if (await scope.Storage.ReadAsync(new DocumentRead(keys.Settings), cancellationToken).ConfigureAwait(false) is not { } document) return false;
        Compare(document, await scope.NowAsync(cancellationToken).ConfigureAwait(false));
        return true;
    }

    private void Compare(DocumentContent document, DateTimeOffset now)
    {
        var zone = scope.Codec.Decode(keys.Settings, document.Value).ReadRecord(UsageJson.Default.UsageSettings).TimeZone;
        if (zone != Name(memory.Calendar.Zone))
        {
            if (memory.IsFirstOfOtherZone()) UsageLog.OtherZone(memory.Logger, zone, Name(memory.Calendar.Zone));
            throw new InvalidOperationException($"Token usage is kept by days of the time zone {zone}, and {nameof(TokenUsageManagerOptions.ReportingTimeZone)} is {Name(memory.Calendar.Zone)}. Set it back: sums of days cannot be moved to another zone. To see another zone's days, give the range that zone.");
        }
        memory.KnowZone(keys.Tenant, now);
    }

    private static string Name(TimeZoneInfo zone) => !zone.HasIanaId && TimeZoneInfo.TryConvertWindowsIdToIanaId(zone.Id, out var name) ? name : zone.Id;
}
