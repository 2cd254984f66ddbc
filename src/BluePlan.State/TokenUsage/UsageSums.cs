using System.Runtime.InteropServices;
using BluePlan.State.Storage;

namespace BluePlan.State;

/// <summary>Adds up totals by model.</summary>
internal sealed class UsageSums
{
    private readonly Dictionary<string, TokenTotals> _models = new(StringComparer.Ordinal);

    public void Add(string model, TokenTotals totals)
    {
        ref var sum = ref CollectionsMarshal.GetValueRefOrAddDefault(_models, model, out _);
        sum += totals;
    }

    /// <summary>Adds the vector of a field that holds totals.</summary>
    /// <exception cref="StateCorruptionException">The field holds bytes.</exception>
    public void Add(string model, string field, MapValue value, StateKey key)
    {
        var totals = Read(value, key);
        Add(model, UsageFields.IsUnpriced(field) ? totals with { UnpricedRequests = totals.Requests, UnpricedTokens = totals.TotalTokens } : totals);
    }

    /// <summary>Adds the fields that hold totals of a model.</summary>
    /// <exception cref="StateCorruptionException">Such a field holds bytes.</exception>
    public void AddModels(MapContent? map, StateKey key)
    {
        if (map is null) return;
        foreach (var (field, value) in map.Fields)
            if (UsageFields.IsModel(field)) Add(UsageFields.ModelOf(field), field, value, key);
    }

    public void Add(UsageMonth month)
    {
        foreach (var (model, vector) in month.Models) Add(model, TokenTotals.FromVector(vector));
    }

    public UsageMonth ToMonth() => new() { Models = _models.ToDictionary(static m => m.Key, static m => m.Value.ToVector(), StringComparer.Ordinal) };

    public UsageTotals ToTotals()
    {
        var all = default(TokenTotals);
        foreach (var totals in _models.Values) all += totals;
        return new(all, _models);
    }

    private static TokenTotals Read(MapValue value, StateKey key) => value.IsCounters ? TokenTotals.FromVector(value.Counters.Span)
        : throw new StateCorruptionException($"A sum in {key.Type} holds bytes instead of counters.", key.Type);
}
