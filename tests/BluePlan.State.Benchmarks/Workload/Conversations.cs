namespace BluePlan.State.Benchmarks;

/// <summary>What is said: questions and answers in turn.</summary>
internal static class Conversations
{
    /// <summary>One for each caller there may be.</summary>
    public const int Count = 256;

    public static string Role(long number) => number % 2 == 0 ? MessageRole.User : MessageRole.Assistant;

    public static HistoryMessage Message(long number) => new() { Role = Role(number), Text = Texts.Of(number) };
}
