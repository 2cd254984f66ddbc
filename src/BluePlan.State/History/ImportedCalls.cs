namespace BluePlan.State;

/// <summary>Gives calls ids where a file has none, or one twice in a message, and finds for each result the call that
/// it answers.</summary>
internal sealed class ImportedCalls
{
    private readonly Dictionary<(bool IsFunction, string Key), Line> _lines = [];
    private readonly HashSet<(bool, string)> _ofMessage = [];
    private readonly HashSet<string> _taken = new(StringComparer.Ordinal);

    /// <summary>The calls of another message follow.</summary>
    public void Begin()
    {
        _ofMessage.Clear();
        _taken.Clear();
    }

    /// <summary>Takes a call.</summary>
    /// <param name="id">Its id in the file; perhaps empty.</param>
    /// <param name="function">Its name, when it is of the form before tool calls, whose results have only that.</param>
    /// <returns>Its id.</returns>
    public string Add(string id, string? function = null)
    {
        var actual = id.Length > 0 && _taken.Add(id) ? id : $"call_{StateETag.New()}";
        var key = (function is not null, function ?? id);
        // The nearest message with a call is the one that is answered.
        if (_ofMessage.Add(key) || !_lines.TryGetValue(key, out var line)) _lines[key] = line = new();
        line.Ids.Add(actual);
        return actual;
    }

    /// <summary>The id of the call that a result answers: of several with the same id each in turn; null when there is
    /// none.</summary>
    public string? Answer(string id, string? function)
    {
        if (!_lines.TryGetValue((function is not null, function ?? id), out var line)) return null;
        return line.Ids[line.Answered < line.Ids.Count ? line.Answered++ : ^1];
    }

    private sealed class Line
    {
        public List<string> Ids { get; } = [];

        public int Answered { get; set; }
    }
}
