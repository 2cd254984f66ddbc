using System.Globalization;
using System.Text;
using BluePlan.State.Storage;

namespace BluePlan.State.Conformance;

/// <summary>Everything that a store shows, in a form that two stores can be compared by, whatever order and parts their exports come in: each key with its expiry and its whole content as text.</summary>
public static class StoreContents
{
    /// <summary>Exports a store.</summary>
    public static async Task<SortedDictionary<string, string>> OfAsync(IStateProvider provider)
    {
        var records = new List<StateRecord>();
        await foreach (var record in provider.ExportAsync(default)) records.Add(record);
        return Of(records);
    }

    /// <summary>Puts the records of an export together.</summary>
    public static SortedDictionary<string, string> Of(IEnumerable<StateRecord> records)
    {
        var keys = new Dictionary<string, List<string>>(StringComparer.Ordinal);
        foreach (var record in records)
        {
            var key = record.Key.ToString();
            if (!record.Continues) keys.Add(key, [Expiry(record.Content.Expiry)]);
            keys[key].AddRange(Items(record.Content, record.Continues));
        }
        return new(keys.ToDictionary(key => key.Key, key => string.Join('\n', key.Value.Take(1).Concat(key.Value.Skip(1).Order(StringComparer.Ordinal)))), StringComparer.Ordinal);
    }

    private static IEnumerable<string> Items(StateContent content, bool continues) => content switch
    {
        DocumentContent document => [$"{document.ETag} {Text(document.Value)}"],
        MapContent map => map.Fields.Select(field => $"{field.Key} = {(field.Value.IsCounters ? string.Join(',', field.Value.Counters.ToArray()) : Text(field.Value.Bytes))}"),
        LogContent log => log.Entries.Select(entry => string.Create(CultureInfo.InvariantCulture, $"{entry.Sequence:d16} {entry.Id} {Text(entry.Value)}")).Concat(continues ? [] : [$"last {log.LastSequence}"]),
        IndexContent index => index.Members.Select(member => string.Create(CultureInfo.InvariantCulture, $"{member.Member} {member.Score}")),
        _ => throw new ArgumentException($"Unknown content {content.GetType().Name}."),
    };

    private static string Expiry(StateExpiry expiry) => string.Create(CultureInfo.InvariantCulture, $"{expiry.Kind} {expiry.Window} {expiry.Instant:O} {expiry.Cap:O}");

    private static string Text(ReadOnlyMemory<byte> bytes) => bytes.Length > 256 ? Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(bytes.Span)) : Encoding.Latin1.GetString(bytes.Span);
}
