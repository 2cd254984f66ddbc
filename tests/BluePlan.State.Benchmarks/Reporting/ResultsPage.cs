using System.Text;

namespace BluePlan.State.Benchmarks;

/// <summary>Writes RESULTS.md and its chart.</summary>
internal static class ResultsPage
{
    private const string Chart = "results.svg";

    public static async Task WriteAsync(Report report, string path)
    {
        var text = new StringBuilder("# Results\n\nWritten by `").Append(report.Command).Append("`. ").Append(ReportText.Of(report.Machine)).Append(".\n\n")
            .Append("Ours and the peers ran in one process on one machine, round by round in turn. A ratio is of the medians of the rounds; \"within rounds\" is the least and the greatest of one round. ").Append(ReportText.OfRepeats(report)).Append("\n\n")
            .Append("![Ratios to the peers](").Append(Chart).Append(")\n\n## The bars\n\n");
        Table(text, ReportText.RowColumns, report.Rows.Select(ReportText.Of));
        text.Append("## Figures\n");
        foreach (var race in report.Races)
        {
            text.Append("\n### ").Append(race.Name).Append("\n\n");
            Table(text, ReportText.FigureColumns, race.Figures.Select(ReportText.Of));
            foreach (var setup in race.Setups) text.Append("- ").Append(setup.Contestant).Append(": ").Append(setup.Configuration).Append(".\n");
        }
        if (report.Notes.Any())
        {
            text.Append("\n### Sizes and wide questions\n\n");
            Table(text, ["what", "store", "figure"], report.Notes.Select(static n => new[] { n.What, n.Store, $"{ReportText.Number(n.Value)} {n.Unit}" }));
        }
        await File.WriteAllTextAsync(path, text.ToString().TrimEnd() + "\n");
        RatioChart.Save([.. report.Rows.Where(static r => !r.AtMost)], Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, Chart));
    }

    private static void Table(StringBuilder text, string[] columns, IEnumerable<string[]> rows)
    {
        Line(text, columns);
        Line(text, [.. columns.Select(static _ => "---")]);
        foreach (var row in rows) Line(text, row);
        text.Append('\n');
    }

    private static void Line(StringBuilder text, string[] cells) => text.Append("| ").AppendJoin(" | ", cells).Append(" |\n");
}
