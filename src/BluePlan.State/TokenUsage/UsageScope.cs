using System.Globalization;
using System.Text;

namespace BluePlan.State;

/// <summary>Whose usage is meant. Explicit, so that a missing user id never comes to mean everyone.</summary>
public readonly record struct UsageScope
{
    /// <summary>The user; null = everyone.</summary>
    public string? UserId { get; private init; }

    /// <summary>All users of the tenant together; also <c>default</c>.</summary>
    public static UsageScope Everyone => default;

    /// <summary>One user.</summary>
    /// <exception cref="ArgumentException">The id is null, empty, longer than 384 bytes in UTF-8, or not well-formed.</exception>
    public static UsageScope User(string userId) => new() { UserId = StateName.Check(userId) };

    // Whatever prints it, a log above all, is shown no names and no content.
    private bool PrintMembers(StringBuilder text)
    {
        text.Append(CultureInfo.InvariantCulture, $"{(UserId is null ? nameof(Everyone) : nameof(User))}");
        return true;
    }
}
