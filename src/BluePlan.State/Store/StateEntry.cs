using System.Globalization;
using System.Text;

namespace BluePlan.State;

/// <summary>A value of the host's with its version and expiry. <see cref="ToString"/> does not show <see cref="Value"/>.</summary>
/// <typeparam name="T">The type of the value.</typeparam>
/// <param name="Value">The value.</param>
/// <param name="ETag">Its version: pass it to <see cref="StateCondition.IfMatch"/> to write only when nobody else has written since.</param>
/// <param name="ExpiresAt">When it expires as things stand, by the store's clock; null = never.</param>
public sealed record StateEntry<T>(T Value, StateETag ETag, DateTimeOffset? ExpiresAt)
{
    private bool PrintMembers(StringBuilder text)
    {
        text.Append(CultureInfo.InvariantCulture, $"ETag = {ETag}, ExpiresAt = {ExpiresAt:O}");
        return true;
    }
}
