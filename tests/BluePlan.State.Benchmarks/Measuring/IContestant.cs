namespace BluePlan.State.Benchmarks;

/// <summary>One side of a race: a store in one configuration, and the one operation that is measured.</summary>
internal interface IContestant : IAsyncDisposable
{
    /// <summary>What the tables call it.</summary>
    string Name { get; }

    /// <summary>How it is set up, so that a reader can judge whether it is fair.</summary>
    string Configuration { get; }

    /// <summary>Whether a call blocks its thread; then each caller gets a thread of its own.</summary>
    bool Blocks => false;

    /// <summary>How many operations one call makes: more than one where a clock would cost more than the operation.</summary>
    int OperationsPerCall => 1;

    /// <summary>Opens the store and fills it with what the operation needs.</summary>
    ValueTask OpenAsync();

    /// <summary>Makes the operation once, or <see cref="OperationsPerCall"/> times.</summary>
    /// <param name="caller">Who calls: 0 to the number of callers − 1. One caller makes one call at a time.</param>
    /// <param name="number">Rises with every call, and no two calls of a contestant have the same.</param>
    ValueTask CallAsync(int caller, long number);
}
