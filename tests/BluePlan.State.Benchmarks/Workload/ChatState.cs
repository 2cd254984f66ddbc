namespace BluePlan.State.Benchmarks;

/// <summary>What a host keeps in a session here: about 200 bytes of JSON.</summary>
internal sealed record ChatState(string Theme, string Model, int Turns, string[] Topics, string Draft)
{
    public static ChatState Of(long number) => new("light", "example-large", (int)(number % 1_000), ["travel", "weather"], Texts.Of(number)[..100]);
}
