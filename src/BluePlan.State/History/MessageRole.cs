namespace BluePlan.State;

/// <summary>The usual words for who speaks. Other words are kept as they are.</summary>
public static class MessageRole
{
    /// <summary>Instructions to the model. Such messages stay when a conversation is trimmed.</summary>
    public const string System = "system";

    /// <summary>Instructions to the model, by the newer word. Such messages stay when a conversation is trimmed.</summary>
    public const string Developer = "developer";

    /// <summary>The person. Such a message begins a turn, unless it carries tool results.</summary>
    public const string User = "user";

    /// <summary>The model.</summary>
    public const string Assistant = "assistant";

    /// <summary>What a tool answered.</summary>
    public const string Tool = "tool";

    /// <summary>The same word as one of the constants, so that a thousand messages share five strings.</summary>
    internal static string Intern(string role) => role switch
    {
        System => System,
        Developer => Developer,
        User => User,
        Assistant => Assistant,
        Tool => Tool,
        _ => role,
    };
}
