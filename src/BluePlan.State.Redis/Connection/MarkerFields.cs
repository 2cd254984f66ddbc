using System.Globalization;
using StackExchange.Redis;

namespace BluePlan.State.Redis;

/// <summary>The fields of a store's marker.</summary>
/// <param name="Format">The format of the store.</param>
/// <param name="Store">The store's id.</param>
/// <param name="Partitions">The number of its partitions.</param>
/// <param name="Restoring">When a restore began that has not ended; empty if there is none.</param>
/// <param name="Epoch">How often a process of this store has followed it to another primary.</param>
internal sealed record MarkerFields(string Format, string Store, string Partitions, string Restoring, long Epoch)
{
    /// <summary>Reads the fields from a script's reply.</summary>
    /// <param name="reply">The reply.</param>
    /// <param name="from">Where the fields begin.</param>
    public static MarkerFields? Read(RedisResult reply, int from)
    {
        string At(int field) => (string?)reply[from + field] ?? "";
        return At(0).Length == 0 ? null : new(At(0), At(1), At(2), At(3), long.TryParse(At(4), NumberStyles.None, CultureInfo.InvariantCulture, out var epoch) ? epoch : 0);
    }
}
