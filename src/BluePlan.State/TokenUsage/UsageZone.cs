using BluePlan.State.Storage;

namespace BluePlan.State;

/// <summary>Sees that a tenant's days are always those of one time zone: fixed with its first record, compared with the settings ever after.</summary>
internal sealed class UsageZone(StateScope scope, UsageKeys keys, UsageMemory memory)
{
    private const int MostTenants = 1000;

    /// <summary>Fixes ours when none is fixed yet. Asks the store once an hour.</summary>
    /// <exception cref="StateOpenException">Another one is fixed.</exception>
    public async Task FixAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (memory.IsZoneKnown(keys.Tenant, now) || await IsFixedAsync(cancellationToken).ConfigureAwait(false)) return;
        using var buffer = scope.Codec.EncodeRecord(ValueLocation.Document(keys.Settings), new() { TimeZone = Name(memory.Calendar.Zone) }, UsageJson.Default.UsageSettings);
        await scope.Storage.CommitAsync(new(new PutDocument(keys.Settings, buffer.Written, condition: StateCondition.IfAbsent)), cancellationToken).ConfigureAwait(false);
        await IsFixedAsync(cancellationToken).ConfigureAwait(false); // ours, or that of whoever came first
    }

    /// <summary>Compares ours with what is fixed, if anything is. Asks the store once an hour.</summary>
    /// <exception cref="StateOpenException">Another one is fixed.</exception>
    public async Task CheckAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (!memory.IsZoneKnown(keys.Tenant, now)) await IsFixedAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Compares ours with what is fixed for the scope's tenant, which is the app's own usage, and for each tenant that
    /// has usage. What is wrong with another tenant's is logged: it concerns that tenant's calls only.
    /// </summary>
    /// <exception cref="StateOpenException">Another one is fixed for the scope's tenant.</exception>
    /// <exception cref="StateCorruptionException">What is fixed for the scope's tenant cannot be read.</exception>
    /// <exception cref="StateVersionException">A newer version wrote what is fixed for the scope's tenant.</exception>
    public static async Task CheckAllAsync(StateScope scope, UsageMemory memory, CancellationToken cancellationToken)
    {
        var partitions = (await scope.OpenAsync(cancellationToken).ConfigureAwait(false)).PartitionCount;
        StateRead[] listings = [.. Enumerable.Range(0, partitions).Select(static partition => new IndexRead(UsageKeys.Tenants(partition)))];
        var tenants = (await scope.Storage.ReadAsync(listings, cancellationToken).ConfigureAwait(false)).OfType<IndexContent>()
            .SelectMany(static listing => listing.Members).Where(StateTypes.UsageTenants.IsMember!)
            .Select(static member => UsageKeys.TenantOf(member.Member)).Prepend(scope.Tenant).Distinct(StringComparer.Ordinal);
        var now = await scope.NowAsync(cancellationToken).ConfigureAwait(false);
        var (unreadable, first) = (0, (Exception?)null);
        foreach (var some in tenants.Chunk(MostTenants))
        {
            UsageZone[] zones = [.. some.Select(tenant => new UsageZone(scope, new(scope with { Tenant = tenant }), memory))];
            var settings = await scope.Storage.ReadAsync([.. zones.Select(static StateRead (zone) => zone.Settings)], cancellationToken).ConfigureAwait(false);
            for (var i = 0; i < zones.Length; i++)
            {
                if (settings[i] is not DocumentContent document) continue;
                if (zones[i].IsOf(scope.Tenant))
                {
                    zones[i].Compare(document, now);
                    continue;
                }
                try
                {
                    zones[i].IsOurs(document, now, out _);
                }
                catch (StateException exception) when (exception is StateCorruptionException or StateVersionException)
                {
                    (unreadable, first) = (unreadable + 1, first ?? exception);
                }
            }
        }
        if (first is not null) UsageLog.SettingsUnreadable(memory.Logger, first, unreadable);
    }

    private DocumentRead Settings => new(keys.Settings);

    private bool IsOf(string tenant) => keys.Tenant == tenant;

    private async Task<bool> IsFixedAsync(CancellationToken cancellationToken)
    {
        if (await scope.Storage.ReadAsync(Settings, cancellationToken).ConfigureAwait(false) is not { } document) return false;
        Compare(document, await scope.NowAsync(cancellationToken).ConfigureAwait(false));
        return true;
    }

    private void Compare(DocumentContent document, DateTimeOffset now)
    {
        if (!IsOurs(document, now, out var zone)) throw new StateOpenException($"Token usage is kept by days of the time zone {zone}, and {nameof(TokenUsageManagerOptions.ReportingTimeZone)} is {Name(memory.Calendar.Zone)}. Set it back: sums of days cannot be moved to another zone. To see another zone's days, give the range that zone.", StateOpenFault.ReportingTimeZone);
    }

    private bool IsOurs(DocumentContent document, DateTimeOffset now, out string? zone)
    {
        zone = scope.Codec.Decode(ValueLocation.Document(keys.Settings), document.Value).ReadRecord(UsageJson.Default.UsageSettings).TimeZone;
        if (zone == Name(memory.Calendar.Zone))
        {
            memory.KnowZone(keys.Tenant, now);
            return true;
        }
        if (memory.IsFirstOfOtherZone()) UsageLog.OtherZone(memory.Logger, zone, Name(memory.Calendar.Zone));
        return false;
    }

    private static string Name(TimeZoneInfo zone) => !zone.HasIanaId && TimeZoneInfo.TryConvertWindowsIdToIanaId(zone.Id, out var name) ? name : zone.Id;
}
