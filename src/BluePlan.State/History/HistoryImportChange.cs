namespace BluePlan.State;

/// <summary>A change that an import made to accept a line, or a part of it that was left out.</summary>
/// <param name="Line">The number of the line in the file, from 1.</param>
/// <param name="Kind">What was changed.</param>
public sealed record HistoryImportChange(int Line, HistoryImportChangeKind Kind)
{
    /// <summary>The line and the kind, for example <c>12: CallIdCreated</c>.</summary>
    public override string ToString() => $"{Line}: {Kind}";
}
