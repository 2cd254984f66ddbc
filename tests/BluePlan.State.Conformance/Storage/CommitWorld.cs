using BluePlan.State.Storage;

namespace BluePlan.State.Conformance;

/// <summary>A few keys of each shape in one partition, one commit with operations of every kind on them, and operations that cannot be done there.</summary>
internal sealed class CommitWorld
{
    private static readonly StateKey Put = Key(StateShape.Document, "put"), Made = Key(StateShape.Document, "made"), Deleted = Key(StateShape.Document, "deleted"), Checked = Key(StateShape.Document, "checked"), Guarded = Key(StateShape.Document, "guarded");
    private static readonly StateKey Set = Key(StateShape.Map, "set"), Sums = Key(StateShape.Map, "sums"), Cut = Key(StateShape.Map, "cut"), Full = Key(StateShape.Map, "full"), Fenced = Key(StateShape.Map, "fenced");
    private static readonly StateKey Appended = Key(StateShape.Log, "appended"), Replaced = Key(StateShape.Log, "replaced"), Trimmed = Key(StateShape.Log, "trimmed"), Ended = Key(StateShape.Log, "ended");
    private static readonly StateKey Scored = Key(StateShape.Index, "scored"), Raised = Key(StateShape.Index, "raised"), Thinned = Key(StateShape.Index, "thinned"), Swept = Key(StateShape.Index, "swept"), Top = Key(StateShape.Index, "top");
    private StateCommit? _making;
    private StateCommit? _changing;

    /// <summary>The failing operations with what they throw.</summary>
    public static object[][] Failures =>
    [
        ["a counter passes the limit", typeof(OverflowException)],
        ["a counter falls below the limit", typeof(OverflowException)],
        ["a field holds bytes", typeof(InvalidOperationException)],
        ["a token's field holds bytes", typeof(InvalidOperationException)],
        ["a score passes the limit", typeof(OverflowException)],
        ["the sequences are used up", typeof(OverflowException)],
    ];

    public static object[][] Conflicts =>
        [["put if absent"], ["put if exists"], ["put if match"], ["check of a document"], ["check of an expiry"], ["check of a map"], ["fields that are there"], ["a higher token was seen"], ["an id that is known"], ["a sequence that was given"], ["an id at another sequence"], ["no entry to replace"], ["other bytes to replace"]];

    /// <summary>Every key of the world.</summary>
    public IReadOnlyList<StateKey> Keys { get; } =
        [Put, Made, Deleted, Checked, Set, Sums, Cut, Full, Fenced, Appended, Replaced, Trimmed, Ended, Scored, Raised, Thinned, Swept, Top, Guarded, Key(StateShape.Document, "unmet"), Key(StateShape.Map, "unmet"), Key(StateShape.Log, "unmet")];

    /// <summary>Makes the world.</summary>
    public StateCommit Making => _making ??= new(
    [
        new PutDocument(Put, Bytes("old")), new PutDocument(Deleted, Bytes("gone")), new PutDocument(Checked, Bytes("checked")), new PutDocument(Guarded, Bytes("guarded")),
        new SetFields(Set, [Field("a", "1"), Field("b", "2")]), new SetFields(Sums, [new("n", new(new long[] { 1, 2 }))]), new SetFields(Cut, [Field("a", "1"), Field("b", "2")]),
        new SetFields(Full, [new("n", new(new[] { 0, StateLimits.MaximumNumber, -StateLimits.MaximumNumber })), Field("bytes", "5"), new("lock", new(new long[] { 7 }))]), new RaiseToken(Fenced, "lock", 7),
        Append(Appended, "1", "2"), Append(Replaced, "1", "2"), Append(Trimmed, "1", "2", "3"), new AppendEntries(Ended, [new(Bytes("end"), "end", StateLimits.MaximumNumber)]),
        new SetScores(Scored, [new("a", 1), new("b", 2)]), new SetScores(Raised, [new("a", 1), new("b", 2)]), new SetScores(Thinned, [new("a", 1), new("b", 2)]),
        new SetScores(Swept, [new("a", 1), new("b", 2), new("c", 3)]), new SetScores(Top, [new("a", StateLimits.MaximumNumber), new("b", 0)]),
    ]);

    /// <summary>Changes it by every kind of operation.</summary>
    public StateCommit Changing => _changing ??= new(
    [
        new PutDocument(Put, Bytes("new"), condition: StateCondition.IfExists), new PutDocument(Made, Bytes("made")), new DeleteKey(Deleted), new CheckKey(Checked, StateCondition.IfMatch(Making.ETag)),
        new SetFields(Set, [Field("b", "3"), Field("c", "4")]), new IncrementFields(Sums, [new("n", new long[] { 10, 20, 30 })], returnValues: true), new RemoveFields(Cut, ["b", "x"]), new RaiseToken(Fenced, "lock", 9),
        Append(Appended, "3", "4"), new ReplaceEntry(Replaced, 2, Bytes("two"), Bytes("2")), new RemoveEntries(Trimmed, [new(1, 2)]),
        new SetScores(Scored, [new("b", 9), new("c", 3)]), new IncrementScores(Raised, [new("a", 5)]), new RemoveMembers(Thinned, ["a"]), new RemoveScores(Swept, 2, 3),
        new ExpireKey(Checked, StateExpiry.At(new(2999, 1, 1, 0, 0, 0, TimeSpan.Zero))),
    ]);

    public static OperationResult[] ChangingResults() =>
    [
        default, default, new(Count: 1), default,
        default, new(Vectors: [new long[] { 11, 22, 30 }]), new(Count: 1), default,
        new(Count: 4, Value: 3), default, new(Count: 2),
        default, default, new(Count: 1), new(Count: 2),
        new(Count: 1),
    ];

    /// <summary>The picture of <see cref="Keys"/> after <see cref="Changing"/>.</summary>
    public string Changed()
    {
        StateContent?[] contents =
        [
            new DocumentContent(Bytes("new"), Changing.ETag), new DocumentContent(Bytes("made"), Changing.ETag), null,
            new DocumentContent(Bytes("checked"), Making.ETag) { Expiry = StateExpiry.At(new(2999, 1, 1, 0, 0, 0, TimeSpan.Zero)) },
            Map(Field("a", "1"), Field("b", "3"), Field("c", "4")), Map(new MapField("n", new(new long[] { 11, 22, 30 }))), Map(Field("a", "1")),
            Map(new MapField("n", new(new[] { 0, StateLimits.MaximumNumber, -StateLimits.MaximumNumber })), Field("bytes", "5"), new MapField("lock", new(new long[] { 7 }))), Map(new MapField("lock", new(new long[] { 9 }))),
            Log((1, "1"), (2, "2"), (3, "3"), (4, "4")), Log((1, "1"), (2, "two")), Log((3, "3")), new LogContent([new(StateLimits.MaximumNumber, Bytes("end"), "end")], StateLimits.MaximumNumber, 1),
            Index(new("a", 1), new("c", 3), new("b", 9)), Index(new("b", 2), new("a", 6)), Index(new IndexMember("b", 2)), Index(new IndexMember("a", 1)), Index(new("b", 0), new("a", StateLimits.MaximumNumber)),
            new DocumentContent(Bytes("guarded"), Making.ETag), null, null, null,
        ];
        return string.Join('\n', Keys.Zip(contents, static (key, content) => $"{StatePicture.Of(key)}: {StatePicture.Of(content)}"));
    }

    public static StateOperation Failing(string name) => name switch
    {
        "a counter passes the limit" => new IncrementFields(Full, [new("new", new long[] { 1 }), new("n", new long[] { 1, 1 })]),
        "a counter falls below the limit" => new IncrementFields(Full, [new("n", new[] { 1, -1, -StateLimits.MaximumNumber })]),
        "a field holds bytes" => new IncrementFields(Full, [new("n", new long[] { 1 }), new("bytes", new long[] { 1 })]),
        "a token's field holds bytes" => new RaiseToken(Full, "bytes", 1),
        "a score passes the limit" => new IncrementScores(Top, [new("b", 1), new("a", 1), new("new", 1)]),
        "the sequences are used up" => Append(Ended, "one more"),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "Unknown."),
    };

    /// <summary>An operation whose condition is not met in the world, with the ETag that its document has.</summary>
    public (StateOperation Operation, StateETag Actual) Unmet(string name) => name switch
    {
        "put if absent" => (new PutDocument(Guarded, Bytes("x"), condition: StateCondition.IfAbsent), Making.ETag),
        "put if exists" => (new PutDocument(Key(StateShape.Document, "unmet"), Bytes("x"), condition: StateCondition.IfExists), default),
        "put if match" => (new PutDocument(Guarded, Bytes("x"), condition: StateCondition.IfMatch(StateETag.New())), Making.ETag),
        "check of a document" => (new CheckKey(Guarded, StateCondition.IfAbsent), Making.ETag),
        "check of an expiry" => (new CheckExpiry(Guarded, new(2999, 1, 1, 0, 0, 0, TimeSpan.Zero)), Making.ETag),
        "check of a map" => (new CheckKey(Key(StateShape.Map, "unmet"), StateCondition.IfExists), default),
        "fields that are there" => (new SetFields(Full, [Field("new", "1"), Field("bytes", "2")], ifAbsent: true), default),
        "a higher token was seen" => (new RaiseToken(Full, "lock", 6), default),
        "an id that is known" => (new AppendEntries(Ended, [new(Bytes("x"), "end")]), default),
        "a sequence that was given" => (new AppendEntries(Ended, [new(Bytes("x"), Sequence: StateLimits.MaximumNumber)]), default),
        "an id at another sequence" => (new CheckEntries(Ended, [new(StateLimits.MaximumNumber - 1, "end")]), default),
        "no entry to replace" => (new ReplaceEntry(Key(StateShape.Log, "unmet"), 1, Bytes("x")), default),
        "other bytes to replace" => (new ReplaceEntry(Ended, StateLimits.MaximumNumber, Bytes("x"), Bytes("other")), default),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "Unknown."),
    };

    private static StateKey Key(StateShape shape, string id) => new(2, shape, "world", id);

    private static ReadOnlyMemory<byte> Bytes(string text) => System.Text.Encoding.UTF8.GetBytes(text);

    private static MapField Field(string name, string text) => new(name, new(Bytes(text)));

    private static AppendEntries Append(StateKey key, params string[] values) => new(key, [.. values.Select(static value => new LogAppend(Bytes(value)))]);

    private static MapContent Map(params MapField[] fields) => new(fields.ToDictionary(static field => field.Name, static field => field.Value));

    private static LogContent Log(params (long Sequence, string Value)[] entries) => new([.. entries.Select(static entry => new LogEntry(entry.Sequence, Bytes(entry.Value)))], entries[^1].Sequence, entries.Length);

    private static IndexContent Index(params IndexMember[] members) => new(members, members.Length);
}
