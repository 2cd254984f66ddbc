using System.Collections.Concurrent;
using System.Globalization;
using System.Text;

namespace BluePlan.State.Redis;

/// <summary>
/// The script of a commit: the frame of <c>commit.lua</c> with the fragments of just those kinds of operation that it has, since a server runs over every line of a script each time. Commits
/// of the same kinds share one script, whatever their order and number, so a server keeps few; when there are too many, one with every kind does.
/// </summary>
internal static class CommitScripts
{
    /// <summary>How many scripts are kept apart, here and in the server, which never forgets one.</summary>
    internal const int MostScripts = 64;

    private const string Todo = "local todo = { nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil, nil }";
    private const string Check = "--[[ check ]]";
    private const string Apply = "--[[ apply ]]";
    private const string Then = "-- then: ";
    private static readonly string[] Fragments =
        ["put", "check", "delete", "expire", "set-fields", "increment-fields", "remove-fields", "append", "replace-entry", "remove-entries", "set-scores", "increment-scores", "remove-members", "remove-scores", "notify", "put-new", "exists", "raise-token", "append-one", "raise-score", "set-score", "check-entries", "check-expiry", "increment-within", "replace-field"];
    private static readonly ConcurrentDictionary<int, RedisScript> Scripts = new();

    /// <summary>The script for these kinds of operation, a bit for each.</summary>
    public static RedisScript For(int kinds)
    {
        if (Scripts.TryGetValue(kinds, out var script)) return script;
        if (Scripts.Count >= MostScripts) kinds = (1 << Fragments.Length) - 1;
        return Scripts.GetOrAdd(kinds, Compose);
    }

    /// <summary>The letter of a kind in the script's first argument.</summary>
    public static char Letter(CommitOperation kind) => (char)('a' + (int)kind);

    internal static RedisScript Compose(int kinds)
    {
        var (names, checks, applies) = (new List<string>(), new StringBuilder(), new StringBuilder());
        for (var kind = 0; kind < Fragments.Length; kind++)
        {
            if ((kinds & (1 << kind)) == 0) continue;
            var test = string.Create(CultureInfo.InvariantCulture, $"{(names.Count == 0 ? "if" : "elseif")} kind == {(int)Letter((CommitOperation)kind)} then\n");
            checks.Append(test);
            applies.Append(test);
            Add(Fragments[kind], checks, applies);
            names.Add(Fragments[kind]);
        }
        return new(ScriptFiles.Read("commit")
            .Replace("--[[ helpers ]]", ScriptFiles.Helpers(names), StringComparison.Ordinal)
            .Replace("--[[ todo ]]", checks.ToString().Contains("todo", StringComparison.Ordinal) ? Todo : "", StringComparison.Ordinal)
            .Replace("--[[ checks ]]", checks.Append("end").ToString(), StringComparison.Ordinal)
            .Replace("--[[ applies ]]", applies.Append("end").ToString(), StringComparison.Ordinal));
    }

    /// <summary>Adds a fragment, and behind it the one that its line <c>-- then: name</c> names: that one takes the same key, and the arguments that follow.</summary>
    private static void Add(string name, StringBuilder checks, StringBuilder applies)
    {
        var text = ScriptFiles.Read(name);
        var (check, apply) = (text.IndexOf(Check, StringComparison.Ordinal), text.IndexOf(Apply, StringComparison.Ordinal));
        checks.Append(text.AsSpan(check + Check.Length, apply - check - Check.Length).Trim('\n')).Append('\n');
        applies.Append(text.AsSpan(apply + Apply.Length).Trim('\n')).Append('\n');
        if (text.Split('\n').FirstOrDefault(static line => line.StartsWith(Then, StringComparison.Ordinal)) is { } then) Add(then[Then.Length..].Trim(), checks, applies);
    }
}
