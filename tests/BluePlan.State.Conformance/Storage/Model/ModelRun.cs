using System.Text;
using BluePlan.State.Storage;

namespace BluePlan.State.Conformance;

/// <summary>One generated run: the same steps on a provider and on the model, everything compared after each. Keeps to keys of its own, so that many runs share a store.</summary>
internal sealed class ModelRun(StateProviderHarness harness, IStateProvider provider, string name, Func<Task<IStateProvider>>? reopen)
{
    private readonly ModelStore _model = new();
    private readonly StringBuilder _steps = new();
    private readonly StateKey[] _keys = [.. ModelDraw.Keys(name)];

    // Where time cannot be stopped nothing expires within a run, and instants agree roughly.
    private TimeSpan Unit => harness.TimeStandsStill ? harness.Tick : TimeSpan.FromHours(1);

    private bool TellsRevisions => provider.Capabilities.HasFlag(StateCapabilities.LogRevisions);

    private DateTimeOffset Now => harness.Time.GetUtcNow();

    public IStateProvider Provider => provider;

    /// <summary>Null when provider and model agree, else the steps with the difference at their end.</summary>
    public async Task<string?> FindDifferenceAsync(IEnumerable<int[]> steps)
    {
        foreach (var step in steps)
        {
            var draw = new ModelDraw(step, _model, name, Now, Unit, provider.Capabilities);
            var difference = draw.Next(24) switch
            {
                < 13 => await CommitAsync(draw.Commit()),
                < 18 => await ReadAsync(draw.Read()),
                < 22 => await AdvanceAsync(draw.Next(6)),
                22 => await RenewAsync(draw.Next(3)),
                _ => await TransferAsync(),
            };
            difference ??= await CompareAllAsync();
            if (difference is not null) return $"{_steps}{difference}";
        }
        return null;
    }

    private async Task<string?> CommitAsync(StateCommit commit)
    {
        _steps.Append("  with the tag ").Append(commit.ETag).Append('\n');
        foreach (var operation in commit.Operations) _steps.Append("  commit ").Append(ModelText.Of(operation)).Append('\n');
        var (expected, failures) = _model.Commit(commit, Now);
        try
        {
            var actual = await provider.CommitAsync(commit, CancellationToken.None);
            return failures.Length > 0 ? $"The commit must end with {string.Join(" or ", failures)}, but answers {ModelText.Of(actual)}." : Difference("The commit", ModelText.Of(expected!), ModelText.Of(actual));
        }
        catch (Exception exception) when (exception is OverflowException or InvalidOperationException)
        {
            return failures.Contains(exception.GetType().Name) ? null
                : $"The commit must {(failures.Length > 0 ? $"end with {string.Join(" or ", failures)}" : $"answer {ModelText.Of(expected!)}")}, but throws {exception}";
        }
    }

    private async Task<string?> ReadAsync(StateRead read)
    {
        _steps.Append("  read ").Append(ModelText.Of(read)).Append('\n');
        var expected = _model.Read(read, Now);
        return Difference("The read", expected, await provider.ReadOneAsync(read, CancellationToken.None));
    }

    private async Task<string?> AdvanceAsync(int halves)
    {
        if (!harness.TimeStandsStill) return null;
        _steps.Append("  ").Append(halves).Append(" half units of time pass\n");
        await harness.AdvanceAsync(Unit * halves / 2);
        return null;
    }

    private async Task<string?> RenewAsync(int how)
    {
        _steps.Append(how == 2 && reopen is not null ? "  the store is opened again\n" : "  maintenance\n");
        if (how == 2 && reopen is not null) provider = await reopen();
        else await provider.MaintainAsync(CancellationToken.None);
        return null;
    }

    private async Task<string?> TransferAsync()
    {
        if (!provider.Capabilities.HasFlag(StateCapabilities.Export | StateCapabilities.Import)) return null;
        _steps.Append("  this run's keys are exported, deleted and imported\n");
        var records = new List<StateRecord>();
        await foreach (var record in provider.ExportAsync(CancellationToken.None))
            if (_keys.Contains(record.Key)) records.Add(record);
        foreach (var partition in _keys.GroupBy(static key => key.Partition)) await provider.CommitAsync(new StateCommit([.. partition.Select(static key => new DeleteKey(key))]), CancellationToken.None);
        await provider.ImportAsync(records.ToAsyncEnumerable(), StateImportMode.Merge, CancellationToken.None);
        return await LearnRevisionsAsync();
    }

    /// <summary>Lets the model know the revisions that the import has drawn, none of which may have been there before.</summary>
    private async Task<string?> LearnRevisionsAsync()
    {
        if (!TellsRevisions) return null;
        foreach (var key in _keys)
        {
            if (_model.Live(key, Now) is not { } cell || await provider.ReadOneAsync(ModelText.Whole(key), CancellationToken.None) is not LogContent log) continue;
            if (log.Revision.IsEmpty || log.Revision == cell.Revision) return $"The import must draw a revision for {StatePicture.Of(key)}, but it is '{log.Revision}'.";
            cell.Revision = log.Revision;
        }
        return null;
    }

    private async Task<string?> CompareAllAsync()
    {
        var contents = await provider.ReadAsync([.. _keys.Select(ModelText.Whole)], CancellationToken.None);
        return _keys.Zip(contents, (key, actual) => Difference($"{StatePicture.Of(key)} afterwards", _model.Read(ModelText.Whole(key), Now), actual)).FirstOrDefault(static difference => difference is not null);
    }

    private string? Difference(string what, StateContent? expected, StateContent? actual)
    {
        if (TellsRevisions && expected is LogContent log && actual is LogContent same && (log.Revision, log.IsContinuation) != (same.Revision, same.IsContinuation))
            return Difference($"The revision of {what}, and whether it is a continuation,", $"{log.Revision} {log.IsContinuation}", $"{same.Revision} {same.IsContinuation}");
        if (harness.TimeStandsStill) return Difference(what, StatePicture.Of(expected), StatePicture.Of(actual));
        if (!IsClose(expected?.Expiry.Instant, actual?.Expiry.Instant) || !IsClose(expected?.Expiry.Cap, actual?.Expiry.Cap)) return Difference(what, $"{StatePicture.Of(expected)} (roughly)", StatePicture.Of(actual));
        return Difference(what, StatePicture.Of(expected, withInstants: false), StatePicture.Of(actual, withInstants: false));
    }

    private static bool IsClose(DateTimeOffset? expected, DateTimeOffset? actual) => expected is null || actual is null ? expected == actual : (expected.Value - actual.Value).Duration() < TimeSpan.FromMinutes(1);

    private static string? Difference(string what, string expected, string actual) => expected == actual ? null : $"{what} must be\n{expected}\nbut is\n{actual}";
}
