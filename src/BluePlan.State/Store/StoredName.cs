namespace BluePlan.State;

/// <summary>A category and a key of it, checked. Where the key lies is known once the store is open.</summary>
internal readonly record struct StoredName(string Category, string Key)
{
    /// <exception cref="ArgumentException">One of the two is no name.</exception>
    public static StoredName Check(string category, string key) => new(StateName.Check(category), StateName.Check(key));

    /// <summary>Opens the store if it is not open yet, and answers where the key lies.</summary>
    public async ValueTask<StoredKey> OpenAsync(StateScope scope, CancellationToken cancellationToken)
    {
        await scope.OpenAsync(cancellationToken).ConfigureAwait(false);
        return new(scope, Category, Key);
    }
}
