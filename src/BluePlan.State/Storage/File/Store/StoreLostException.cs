namespace BluePlan.State.Storage;

/// <summary>The directory of an open store, or a file in it, is no longer the one that the store has open.</summary>
internal sealed class StoreLostException : IOException
{
    public StoreLostException(string message) : base(message) { }
}
