namespace BluePlan.State.Storage;

/// <summary>Another process has the store open. Opening it can succeed later, unlike with the other faults of this kind.</summary>
internal sealed class StoreInUseException(string message) : InvalidOperationException(message);
