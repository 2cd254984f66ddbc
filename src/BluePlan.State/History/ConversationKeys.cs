using BluePlan.State.Storage;

namespace BluePlan.State;

/// <summary>Where a conversation is kept.</summary>
internal readonly record struct ConversationKeys(StateScope Scope, int Partition, string Id)
{
    public StateKey Head => Scope.Key(Partition, StateTypes.Conversation, Id);

    /// <summary>What exceptions name it by.</summary>
    public string Subject => $"conversation {Id}";

    public StateKey Messages => Scope.Key(Partition, StateTypes.Messages, Id);

    /// <summary>Empty; while a conversation is made in pieces its ETag tells which attempt the pieces are of.</summary>
    public StateKey Draft => Scope.Key(Partition, StateTypes.ConversationDraft, Id);

    /// <summary>The index of a user's conversations by last activity. It lies in the same partition.</summary>
    public StateKey Listing(string userId) => Scope.Key(Partition, StateTypes.UserConversations, userId);

    /// <summary>The keys of a conversation's id; null when it is none, as what comes from the network may be.</summary>
    /// <exception cref="ArgumentException">The id is null or empty.</exception>
    public static ConversationKeys? Of(StateScope scope, string conversationId)
    {
        ArgumentException.ThrowIfNullOrEmpty(conversationId);
        return conversationId.Length == StateId.Length && StateId.TryGetRoute(conversationId, out var route) ? new(scope, scope.Partition(route), conversationId) : null;
    }

    /// <summary>The same, once the store is open; opens it if it is not.</summary>
    /// <exception cref="ArgumentException">The id is null or empty.</exception>
    public static async ValueTask<ConversationKeys?> FindAsync(StateScope scope, string conversationId, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(conversationId);
        await scope.OpenAsync(cancellationToken).ConfigureAwait(false);
        return Of(scope, conversationId);
    }

    /// <summary>What to throw when a call acts on a conversation that is not there.</summary>
    public static StateNotFoundException NotFound(string? id = null) =>
        new("There is no such conversation: it was deleted, has expired, or never was.", id is null ? "conversation" : $"conversation {id}");
}
