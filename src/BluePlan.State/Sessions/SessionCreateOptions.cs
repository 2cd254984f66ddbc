namespace BluePlan.State;

/// <summary>Provides the optional settings of <see cref="ISessionManager.CreateAsync"/>.</summary>
public sealed record SessionCreateOptions
{
    /// <summary>
    /// Gets when the session expires; anything but <see cref="StateExpiry.Keep"/>. <c>null</c>, the default, for
    /// <see cref="SessionManagerOptions.Timeout"/> and <see cref="SessionManagerOptions.AbsoluteTimeout"/>.
    /// </summary>
    public StateExpiry? Expiry { get; init; }

    /// <summary>
    /// Gets your own id, from which the session's id is derived, see <see cref="ISessionManager.GetIdAsync"/>;
    /// <c>null</c>, the default, for an id of 128 random bits.
    /// </summary>
    /// <remarks>A derived id is only as secret as your own one.</remarks>
    public string? HostSessionId { get; init; }

    // A log is not shown the app's id.
    private bool PrintMembers(System.Text.StringBuilder text)
    {
        text.Append(System.Globalization.CultureInfo.InvariantCulture, $"Expiry = {Expiry}");
        return true;
    }
}
