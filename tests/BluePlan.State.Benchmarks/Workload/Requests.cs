namespace BluePlan.State.Benchmarks;

/// <summary>The calls to models that are accounted: 1,000 users, each with one session, and three models.</summary>
internal static class Requests
{
    public const int Users = 1_000;

    private static readonly string[] Models = ["example-large", "example-small", "example-embedding"];

    public static string User(long number) => $"user-{number % Users}";

    public static string Session(long number) => $"session-{number % Users}";

    public static string Model(long number) => Models[number % Models.Length];

    public static int Input(long number) => 500 + (int)(number % 1_500);

    public static int Output(long number) => 50 + (int)(number % 450);
}
