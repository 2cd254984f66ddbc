namespace BluePlan.State.Storage;

/// <summary>Another user owns a directory, or can write to it.</summary>
internal sealed class NotPrivateException(string message) : IOException(message);
