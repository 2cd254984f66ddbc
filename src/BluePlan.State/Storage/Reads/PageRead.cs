using System.Text;

namespace BluePlan.State.Storage;

/// <summary>Reads members of an index together with the documents that they name, in the same partition.</summary>
/// <remarks>
/// <para>A member names the document of <see cref="Type"/> whose id is <see cref="IdPrefix"/> and the member. Documents
/// are read without a touch.</para>
/// <para>The members are answered as of one instant, and each document as of that instant or a later one. A provider
/// that does not declare <see cref="StateCapabilities.PageReads"/> is asked by
/// <see cref="StateProviderExtensions.ReadPageAsync"/> for the index first and then for the documents.</para>
/// </remarks>
public sealed record PageRead : StateRead<PageContent>
{
    /// <summary>The maximum of <see cref="Limit"/>: 1,024.</summary>
    public const int MaximumLimit = 1_024;

    /// <summary>Initializes the read.</summary>
    /// <param name="key">A key of shape <see cref="StateShape.Index"/>.</param>
    /// <param name="type">The type of the documents' keys.</param>
    /// <param name="idPrefix">The text before the member in the documents' ids; may be empty.</param>
    /// <param name="limit">The maximum number of members, from 1 to <see cref="MaximumLimit"/>.</param>
    /// <param name="descending"><c>true</c> to begin with the highest score; otherwise, <c>false</c>.</param>
    /// <param name="after">
    /// The place to continue after, whether or not its member exists; <c>null</c> for the first page.
    /// </param>
    /// <exception cref="ArgumentException">
    /// The key has another shape, no document can have such a type or id, the limit is out of range, or
    /// <paramref name="after"/> has no well-formed member.
    /// </exception>
    public PageRead(StateKey key, string type, string idPrefix, int limit, bool descending = false, IndexMember? after = null) : base(key, StateShape.Index)
    {
        ArgumentNullException.ThrowIfNull(idPrefix);
        _ = new StateKey(key.Partition, StateShape.Document, type, $"{idPrefix}.");
        if (limit is < 1 or > MaximumLimit) throw new ArgumentOutOfRangeException(nameof(limit), limit, $"A page has 1 to {MaximumLimit:N0} members.");
        if (after is { } place && (place.Member is null || !StateText.IsWellFormed(place.Member))) throw new ArgumentException("The place to continue after has no well-formed member.", nameof(after));
        (Type, IdPrefix, Limit, Descending, After) = (type, idPrefix, limit, descending, after);
    }

    /// <summary>Gets the type of the documents' keys.</summary>
    public string Type { get; }

    /// <summary>Gets the text before the member in the documents' ids.</summary>
    public string IdPrefix { get; }

    /// <summary>Gets the maximum number of members.</summary>
    public int Limit { get; }

    /// <summary>Gets whether the page begins with the highest score.</summary>
    public bool Descending { get; }

    /// <summary>Gets the place to continue after; <c>null</c> for the first page.</summary>
    public IndexMember? After { get; }

    /// <inheritdoc/>
    public override StateCapabilities Requires => StateCapabilities.PageReads;

    /// <summary>
    /// Returns the key of the document that a member names; <c>null</c> if its id would be too long for a key.
    /// </summary>
    /// <param name="member">A member of the index.</param>
    public StateKey? DocumentOf(string member)
    {
        var id = IdPrefix + member;
        return id.Length > StateLimits.MaximumNameBytes / 3 && Encoding.UTF8.GetByteCount(id) > StateLimits.MaximumNameBytes ? null : new(Key.Partition, StateShape.Document, Type, id);
    }

    /// <inheritdoc/>
    protected override bool PrintMembers(StringBuilder builder) => base.PrintMembers(builder);
}
