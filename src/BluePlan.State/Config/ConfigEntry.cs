using System.Globalization;
using System.Text;

namespace BluePlan.State;

/// <summary>A config's value with its version. <see cref="ToString"/> shows neither <see cref="Name"/> nor <see cref="Value"/>, which may hold secrets.</summary>
/// <typeparam name="T">The type of the value.</typeparam>
/// <param name="Name">The config's name.</param>
/// <param name="Version">Its version, from 1. Pass it as <c>expectedVersion</c> to save only when nobody else has saved since.</param>
/// <param name="SavedAt">When that version was saved, in UTC and whole milliseconds, by the store's clock.</param>
/// <param name="Value">The value.</param>
public sealed record ConfigEntry<T>(string Name, long Version, DateTimeOffset SavedAt, T Value)
{
    private bool PrintMembers(StringBuilder text)
    {
        text.Append(CultureInfo.InvariantCulture, $"Version = {Version}, SavedAt = {SavedAt:O}");
        return true;
    }
}
