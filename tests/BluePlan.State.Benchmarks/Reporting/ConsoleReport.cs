using Spectre.Console;

namespace BluePlan.State.Benchmarks;

/// <summary>Shows a report on the console.</summary>
internal static class ConsoleReport
{
    public static void Write(SuiteResult suite)
    {
        foreach (var race in suite.Races) Write(race.Name, ReportText.FigureColumns, race.Figures.Select(ReportText.Of));
        if (suite.Notes.Count > 0) Write("Figures", ["what", "store", "figure"], suite.Notes.Select(static n => new[] { n.What, n.Store, $"{ReportText.Number(n.Value)} {n.Unit}" }));
    }

    public static void Write(IEnumerable<Row> rows) => Write("The bars", ReportText.RowColumns, rows.Select(ReportText.Of));

    private static void Write(string title, string[] columns, IEnumerable<string[]> rows)
    {
        var table = new Table { Title = new(Markup.Escape(title)), Border = TableBorder.Simple };
        foreach (var column in columns) table.AddColumn(new TableColumn(column) { NoWrap = true });
        foreach (var row in rows) table.AddRow([.. row.Select(static cell => Markup.Escape(cell.Replace("**", "", StringComparison.Ordinal)))]);
        AnsiConsole.Profile.Width = Math.Max(AnsiConsole.Profile.Width, 220);
        AnsiConsole.Write(table);
    }
}
