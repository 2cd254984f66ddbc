using System.Globalization;
using System.Text;

namespace BluePlan.State.Storage;

/// <summary>Lets the commit happen only when no higher fencing token was seen in a field of a map, and remembers this one there.</summary>
/// <remarks>
/// <para>It is the condition that the field is absent or holds a number that is not above <see cref="Token"/>; afterwards it holds the token. So of two holders of one lock, the later one having
/// the higher token, the earlier one writes nothing more once the later one has written.</para>
/// <para>A field that holds bytes throws <see cref="InvalidOperationException"/> before anything of the commit is written; of a vector of counters the first one counts, and takes the place of them all.</para>
/// <para>See Martin Kleppmann, "How to do distributed locking", 2016.</para>
/// </remarks>
public sealed record RaiseToken : StateOperation
{
    /// <inheritdoc cref="RaiseToken"/>
    /// <param name="key">A key of shape <see cref="StateShape.Map"/>.</param>
    /// <param name="name">The field: well-formed text of 1 to 4,096 bytes in UTF-8.</param>
    /// <param name="token">The token, from 1 to 2^53 − 1.</param>
    /// <exception cref="ArgumentException">The key has another shape, or the name or token breaks its rule.</exception>
    public RaiseToken(StateKey key, string name, long token) : base(key, StateShape.Map)
    {
        Name = StateText.CheckName(name);
        Token = token > 0 ? CheckNumber(token, nameof(token)) : throw new ArgumentOutOfRangeException(nameof(token), token, "Tokens are positive.");
    }

    /// <summary>The field.</summary>
    public string Name { get; }

    /// <summary>The token.</summary>
    public long Token { get; }

    /// <inheritdoc/>
    public override long PayloadBytes => 8L + Name.Length;

    /// <inheritdoc/>
    protected override bool PrintMembers(StringBuilder builder)
    {
        base.PrintMembers(builder);
        builder.Append(CultureInfo.InvariantCulture, $", Token = {Token}");
        return true;
    }
}
