namespace BluePlan.State;

/// <summary>Finds the name that was most likely meant.</summary>
internal static class NearestName
{
    /// <summary>The name that differs least from what was written, where that is little enough for a slip; null = none.</summary>
    public static string? Of(string written, IEnumerable<string> names)
    {
        var most = Math.Max(1, written.Length / 3);
        return names.Select(name => (Name: name, Distance: Distance(written, name))).Where(n => n.Distance <= most).OrderBy(static n => n.Distance).FirstOrDefault().Name;
    }

    /// <summary>How many letters must be put in, left out, changed or swapped with the next, whatever the case (optimal string alignment).</summary>
    private static int Distance(string a, string b)
    {
        (a, b) = (a.ToUpperInvariant(), b.ToUpperInvariant());
        var rows = new int[a.Length + 1][];
        for (var i = 0; i <= a.Length; i++)
        {
            rows[i] = new int[b.Length + 1];
            rows[i][0] = i;
            for (var j = 1; j <= b.Length; j++)
            {
                if (i == 0)
                {
                    rows[0][j] = j;
                    continue;
                }
                rows[i][j] = Math.Min(Math.Min(rows[i][j - 1], rows[i - 1][j]) + 1, rows[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) rows[i][j] = Math.Min(rows[i][j], rows[i - 2][j - 2] + 1);
            }
        }
        return rows[a.Length][b.Length];
    }
}
