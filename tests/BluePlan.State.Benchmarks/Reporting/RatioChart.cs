using ScottPlot;

namespace BluePlan.State.Benchmarks;

/// <summary>A bar for each comparison: how many times the peer's throughput ours is, on a logarithmic scale, and a mark where the design asks it to be.</summary>
internal static class RatioChart
{
    public static void Save(IReadOnlyList<Row> rows, string path)
    {
        var plot = new Plot();
        plot.Font.Set(Fonts.Sans);
        var top = rows.Count - 1;
        for (var i = 0; i < rows.Count; i++)
        {
            var (row, y) = (rows[i], top - i);
            plot.Add.Bar(new Bar { Position = y, Value = Math.Log10(row.Ratio), Size = 0.6, Orientation = Orientation.Horizontal, FillColor = row.IsMet is false ? Colors.IndianRed : Colors.SteelBlue, LineWidth = 0 });
            plot.Add.Text($" {ReportText.Number(row.Ratio)}×", Math.Max(0, Math.Log10(row.Ratio)), y).LabelAlignment = Alignment.MiddleLeft;
            if (row.Bar is { } bar) plot.Add.Line(Math.Log10(bar), y - 0.4, Math.Log10(bar), y + 0.4).LineStyle = new(2, Colors.Black);
        }
        plot.Axes.Left.SetTicks([.. rows.Select((_, i) => (double)(top - i))], [.. rows.Select(static r => $"{r.What} / {r.Peer}, {r.Callers} callers")]);
        double[] ticks = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100];
        plot.Axes.Bottom.SetTicks([.. ticks.Select(Math.Log10)], [.. ticks.Select(static t => $"{ReportText.Number(t)}×")]);
        plot.Axes.SetLimitsX(Math.Log10(Math.Min(0.3, rows.Min(static r => r.Ratio) * 0.8)), Math.Log10(Math.Max(20, rows.Max(static r => r.Ratio) * 2)));
        plot.Title("Throughput to the peer's; the black mark is the bar");
        plot.SaveSvg(path, 1_100, 90 + 30 * rows.Count);
    }
}
