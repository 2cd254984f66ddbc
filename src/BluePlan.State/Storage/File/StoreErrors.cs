namespace BluePlan.State.Storage;

/// <summary>Turns what a file system throws into what the contract promises.</summary>
internal static class StoreErrors
{
    public static bool IsOfFiles(Exception exception) => exception is IOException or UnauthorizedAccessException;

    public static StateUnavailableException Unavailable(string what, string path, Exception exception, bool mayHaveBeenWritten) =>
        new($"The store in '{path}' {what}: {exception.Message}", mayHaveBeenWritten, exception);
}
