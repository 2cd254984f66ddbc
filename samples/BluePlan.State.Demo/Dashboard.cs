using System.Globalization;
using Spectre.Console;

namespace BluePlan.State.Demo;

/// <summary>The token dashboard, as charts.</summary>
internal static class Dashboard
{
    private static readonly Color[] Colors = [Color.DodgerBlue1, Color.MediumPurple, Color.SeaGreen2, Color.Orange1, Color.Grey];

    public static async Task ShowAsync(IBluePlanState state, CancellationToken cancellationToken)
    {
        var dashboard = await state.TokenUsage.GetDashboardAsync(cancellationToken);
        var series = await state.TokenUsage.GetSeriesAsync(UsageScope.Everyone, UsageRange.LastDays(14), UsageInterval.Day, cancellationToken);
        var ranking = await state.TokenUsage.GetRankingAsync(UsageRange.LastDays(14), top: 5, cancellationToken);

        AnsiConsole.Write(new Rule("Token usage").LeftJustified());
        var growth = dashboard.GrowthPercent is { } percent ? percent.ToString("+0;-0;0", CultureInfo.CurrentCulture) + " % against yesterday" : "nothing yesterday";
        AnsiConsole.MarkupLineInterpolated($"Today [bold]{dashboard.Today.All.TotalTokens:N0}[/] tokens in {dashboard.Today.All.Requests:N0} requests by {dashboard.UsersToday} users, {growth}.");

        var days = new BarChart().Label("Tokens a day, UTC").LeftAlignLabel().Width(72);
        foreach (var point in series) days.AddItem(point.Start.ToString("ddd dd MMM", CultureInfo.InvariantCulture), point.Totals.All.TotalTokens, Colors[0]);
        AnsiConsole.Write(days);

        var models = new BreakdownChart().Width(72);
        foreach (var ((model, totals), i) in dashboard.Today.ByModel.OrderByDescending(static m => m.Value.TotalTokens).Select(static (m, i) => (m, i)))
            models.AddItem(model, totals.TotalTokens, Colors[i % Colors.Length]);
        AnsiConsole.WriteLine("Today by model");
        AnsiConsole.Write(models);

        var table = new Table().Border(TableBorder.Rounded).AddColumns("", "User", "Tokens, 14 days");
        foreach (var user in ranking)
        {
            table.AddRow(user.Rank.ToString(CultureInfo.CurrentCulture), Markup.Escape(user.UserId), user.TotalTokens.ToString("N0", CultureInfo.CurrentCulture));
        }
        AnsiConsole.Write(table);
    }
}
