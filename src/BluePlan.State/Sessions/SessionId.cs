using System.Globalization;

namespace BluePlan.State;

/// <summary>
/// A session's id, taken apart. It is a canonical <see cref="StateId"/>; one that was minted for a session which slides without end has <c>-</c> and the window in milliseconds, in hex,
/// behind it, so that a read can name the window and costs one native command on a server that has one.
/// </summary>
/// <remarks>The handle is a hash of the whole text, so an id that was tampered with, also in its window, names nothing.</remarks>
internal readonly record struct SessionId(string Text, ushort Route, StateExpiry? Window)
{
    private const string Kind = "session";

    /// <summary>A new id from 128 random bits.</summary>
    public static SessionId New(ushort route, StateExpiry expiry)
    {
        var id = StateId.New(route);
        return expiry is { Kind: StateExpiryKind.Sliding, AbsoluteTimeout: null, Cap: null }
            ? new(string.Create(CultureInfo.InvariantCulture, $"{id}-{(long)expiry.Window.TotalMilliseconds:x}"), route, StateExpiry.Sliding(expiry.Window))
            : new(id, route, null);
    }

    /// <summary>The id of what the host calls by an id of its own.</summary>
    public static SessionId For(string tenant, string userId, string hostId)
    {
        var route = StateRoute.OfUser(tenant, userId);
        return new(StateId.For(Kind, route, tenant, userId, hostId), route, null);
    }

    /// <summary>False when the text cannot be an id of this library.</summary>
    public static bool TryParse(string text, out SessionId id)
    {
        id = default;
        if (!StateId.TryGetRoute(text, out var route)) return false;
        StateExpiry? window = null;
        if (text.Length > StateId.Length)
        {
            if (text[StateId.Length] != '-' || !long.TryParse(text.AsSpan(StateId.Length + 1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var milliseconds)
                || milliseconds <= 0 || milliseconds > StateExpiry.MaximumLifetime.TotalMilliseconds) return false;
            window = StateExpiry.Sliding(TimeSpan.FromMilliseconds(milliseconds));
        }
        id = new(text, route, window);
        return true;
    }

    /// <summary>Whether the text can be a handle.</summary>
    public static bool IsHandle(string text) => StateId.IsHash(text);

    /// <summary>What the session is stored under.</summary>
    public string Handle(string tenant) => StateId.Hash(KeyText.Join(Kind, tenant, Text));

    /// <summary>Nothing: an id is a secret.</summary>
    public override string ToString() => nameof(SessionId);
}
