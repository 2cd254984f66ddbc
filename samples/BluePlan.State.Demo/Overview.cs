using System.Globalization;
using Spectre.Console;

namespace BluePlan.State.Demo;

/// <summary>Shows what the last run left.</summary>
internal static class Overview
{
    public static async Task ShowAsync(IBluePlanState state, StoreChoice choice, CancellationToken cancellationToken)
    {
        var settings = await state.Config.LoadAsync<DemoSettings>(DemoSettings.ConfigName, cancellationToken: cancellationToken);
        if (settings is null)
        {
            AnsiConsole.MarkupLine(choice.OutlivesTheProcess ? "The store is new: this is the first run." : "The store is new.");
            return;
        }

        var table = new Table().Border(TableBorder.Rounded).Title($"State left by the last run (number {settings.Value.Runs}, {settings.SavedAt.ToLocalTime().ToString("g", CultureInfo.CurrentCulture)})");
        table.AddColumns("User", "Sessions", "Last conversation", "Conversations", "Messages", "Tokens, 30 days");
        foreach (var user in settings.Value.Users)
        {
            var sessions = await state.Sessions.ListAsync<DemoSession>(user, cancellationToken: cancellationToken);
            var conversations = await Everything.ConversationsAsync(state, user, cancellationToken);
            long messages = 0;
            foreach (var conversation in conversations) messages += (await state.History.GetAsync(conversation.Id, cancellationToken))?.MessageCount ?? 0;
            var tokens = await state.TokenUsage.GetTotalsAsync(UsageScope.User(user), UsageRange.LastDays(30), cancellationToken);
            table.AddRow(Markup.Escape(user), Number(sessions.Items.Count), Markup.Escape((conversations.Count > 0 ? conversations[0].Title : null) ?? "–"),
                Number(conversations.Count), Number(messages), Number(tokens.All.TotalTokens));
        }
        AnsiConsole.Write(table);
    }

    private static string Number(long number) => number.ToString("N0", CultureInfo.CurrentCulture);
}
