using System.Collections.Frozen;

namespace BluePlan.State;

/// <summary>What may stand before a model's name: its maker, the maker's cloud platform, or a region. Vendors sell the same model under both forms.</summary>
/// <remarks>
/// Resellers and local runtimes are not among them (<c>groq/</c>, <c>ollama/</c>, <c>openrouter/</c>): they have prices of their own, so a model that is named by them has none unless the prices name it so.
/// </remarks>
internal static class ModelName
{
    private const string FineTuned = "ft:";

    // Before a slash: OpenRouter, LiteLLM and Vertex AI name models so.
    private static readonly FrozenSet<string> Paths = FrozenSet.Create(StringComparer.OrdinalIgnoreCase,
        "ai21", "amazon", "anthropic", "azure", "azure_ai", "bedrock", "cohere", "converse", "deepseek", "deepseek-ai", "gemini", "google", "meta", "meta-llama", "microsoft", "minimax",
        "mistral", "mistralai", "models", "moonshot", "moonshotai", "nvidia", "openai", "perplexity", "publishers", "qwen", "vertex_ai", "x-ai", "xai", "z-ai", "zai");

    // Before a dot: Bedrock's regions and makers, https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-support.html.
    private static readonly FrozenSet<string> Dots = FrozenSet.Create(StringComparer.OrdinalIgnoreCase,
        "ai21", "amazon", "anthropic", "apac", "au", "ca", "cohere", "deepseek", "eu", "global", "google", "jp", "meta", "minimax", "mistral", "moonshot", "moonshotai", "nvidia", "openai",
        "qwen", "sa", "us", "us-gov", "writer", "zai");

    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> KnownPaths = Paths.GetAlternateLookup<ReadOnlySpan<char>>();
    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> KnownDots = Dots.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Takes the first of these off.</summary>
    public static bool TryTakeQualifier(ReadOnlySpan<char> name, out ReadOnlySpan<char> rest)
    {
        var (slash, dot) = (name.IndexOf('/'), name.IndexOf('.'));
        var end = slash > 0 && (KnownPaths.Contains(name[..slash]) || IsResource(name[..slash])) ? slash : dot > 0 && KnownDots.Contains(name[..dot]) ? dot : -1;
        rest = name[(end + 1)..];
        return end > 0 && rest.Length > 0;
    }

    /// <summary>Whether a longer name, which begins with a priced one, is a version of it. A fine-tuned model is priced by what it was made from: <c>ft:gpt-4o</c> holds for <c>ft:gpt-4o-2024-08-06:org::id</c>.</summary>
    public static bool IsVersionOf(ReadOnlySpan<char> name, int priced)
    {
        if (name.Length == priced) return true;
        var suffix = name[priced..];
        if (!name.StartsWith(FineTuned, StringComparison.OrdinalIgnoreCase) || priced <= FineTuned.Length) return ModelVersion.IsVersion(suffix);
        var owner = suffix.IndexOf(':');
        return owner == 0 || ModelVersion.IsVersion(owner > 0 ? suffix[..owner] : suffix);
    }

    // arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-…
    private static bool IsResource(ReadOnlySpan<char> path) =>
        path.StartsWith("arn:aws", StringComparison.OrdinalIgnoreCase) && (path.EndsWith(":inference-profile", StringComparison.OrdinalIgnoreCase) || path.EndsWith(":foundation-model", StringComparison.OrdinalIgnoreCase));
}
