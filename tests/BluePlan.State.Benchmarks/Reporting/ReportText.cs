using System.Globalization;

namespace BluePlan.State.Benchmarks;

/// <summary>The words and figures of a report, the same on the console and on the page.</summary>
internal static class ReportText
{
    public static readonly string[] RowColumns = ["what", "callers", "ours", "peer", "ours", "peer", "ratio", "within rounds", "bar", "met"];

    public static readonly string[] FigureColumns = ["who", "callers", "ops/s", "min–max", "p50 µs", "p99 µs", "bytes/op", "CPU µs/op", "server µs/op"];

    public static string[] Of(Row row) =>
    [
        row.What, row.Callers.ToString(CultureInfo.InvariantCulture), row.Ours, row.Peer, $"{Number(row.OursFigure)} {row.Unit}", $"{Number(row.PeerFigure)} {row.Unit}",
        Ratio(row.Ratio), $"{Ratio(row.Pairs.Minimum)}–{Ratio(row.Pairs.Maximum)}",
        row.Bar is { } bar ? $"{(row.AtMost ? "≤" : "≥")} {bar.ToString(CultureInfo.InvariantCulture)}" : "", row.IsMet switch { true => "yes", false => "**no**", null => "" },
    ];

    public static string[] Of(Figures figures) =>
    [
        figures.Contestant, figures.Callers.ToString(CultureInfo.InvariantCulture), Number(figures.OperationsPerSecond.Median), $"{Number(figures.OperationsPerSecond.Minimum)}–{Number(figures.OperationsPerSecond.Maximum)}",
        Number(figures.P50Micros), Number(figures.P99Micros), Number(figures.AllocatedBytes), Number(figures.ProcessMicros), figures.ServerMicros is { } micros ? Number(micros) : "",
    ];

    public static string Of(Machine machine) =>
        $"{machine.Date:yyyy-MM-dd} · {machine.Processor} · {machine.System} · {machine.Runtime}{(machine.RedisVersion is { } redis ? $" · Redis {redis}" : "")}{(machine.Load is { } load ? string.Create(CultureInfo.InvariantCulture, $" · load {load:0.##} at start") : "")}";

    public static string OfRepeats(Report report) => $"Rounds that were measured again, since the host gave more than 2 % of the processor time to others: {report.RepeatedRounds}.";

    public static string Number(double value) => value.ToString(Math.Abs(value) switch { 0 => "0", >= 100 => "#,##0", >= 10 => "0.0", >= 0.1 => "0.00", _ => "0.####" }, CultureInfo.InvariantCulture);

    private static string Ratio(double value) => value.ToString("0.00", CultureInfo.InvariantCulture);
}
