using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace BluePlan.State.Storage;

/// <summary>
/// Refuses directories and files that another user owns or can write to. That user could exchange the files of a store, or hold one open and read all that is written to it.
/// </summary>
/// <remarks>
/// The rule of PostgreSQL for its data directory, a little wider: the administrator's directories are accepted, since nothing is safe from that user, and others may list the directory, since no file in it can be read by them.
/// </remarks>
internal static class UnixPrivacy
{
    private const uint Administrator = 0;
    private const int WritableByOthers = 0x12; // 0022

    /// <exception cref="NotPrivateException">It is not private.</exception>
    public static void CheckDirectory(SafeFileHandle directory, string path)
    {
        if (Fault(UnixStatus.Of(directory, path)) is not { } fault)
        {
            // The administrator or this user may lead the store elsewhere by a link. Another user may not.
            if (UnixStatus.Of(path, follow: false) is not { IsLink: true } link || IsTrusted(link.User)) return;
            fault = $"is a link that user {link.User} owns";
        }
        throw new NotPrivateException($"The directory '{ShownPath.Of(path)}' {fault}, so another user could exchange or read the state in it. Make it private ('chmod 700' and, if needed, 'chown'), or name a directory inside it, which is then made private. Where permissions mean nothing, as on some mounted volumes, set {nameof(FileStateOptions)}.{nameof(FileStateOptions.RequirePrivateDirectory)} to false.");
    }

    /// <exception cref="IOException">It is not private.</exception>
    public static void CheckFile(SafeFileHandle file, string path)
    {
        if (Fault(UnixStatus.Of(file, path)) is { } fault)
            throw new IOException($"The file '{path}' {fault}, so another user could change the state in it. If it is the store's own, make it private ('chmod 600' and, if needed, 'chown'); otherwise, remove it.");
    }

    private static string? Fault(UnixStatus status)
    {
        if (!IsTrusted(status.User)) return string.Create(CultureInfo.InvariantCulture, $"belongs to user {status.User}, and this process runs as user {UnixFiles.EffectiveUser()}");
        return (status.Permissions & WritableByOthers) != 0 ? $"can be written by others than its owner (its mode is {Convert.ToString(status.Permissions, 8).PadLeft(4, '0')})" : null;
    }

    private static bool IsTrusted(uint user) => user is Administrator || user == UnixFiles.EffectiveUser();
}
