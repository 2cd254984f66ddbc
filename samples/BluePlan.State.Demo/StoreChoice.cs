using Microsoft.Extensions.DependencyInjection;

namespace BluePlan.State.Demo;

/// <summary>What <c>--store</c> says.</summary>
internal sealed record StoreChoice(string Kind, string Place)
{
    public static StoreChoice Parse(string? text)
    {
        if (text is null) return new("file", Path.GetFullPath("data"));
        if (text == "memory") return new("memory", "");
        if (text.StartsWith("file:", StringComparison.Ordinal) && text.Length > 5) return new("file", Path.TrimEndingDirectorySeparator(Path.GetFullPath(text[5..])));
        if (text.StartsWith("redis:", StringComparison.Ordinal) && text.Length > 6) return new("redis", text[6..]);
        throw new ArgumentException($"--store takes memory, file:PATH or redis:HOST:PORT, not '{text}'.");
    }

    public bool OutlivesTheProcess => Kind != "memory";

    public override string ToString() => Kind switch
    {
        "file" => $"files in {Place}",
        "redis" => $"Redis at {Place.Split(',')[0]}",
        _ => "memory, gone when this program ends",
    };

    public void Use(BluePlanStateBuilder builder)
    {
        if (Kind == "file") builder.UseFile(Place);
        else if (Kind == "redis") builder.UseRedis(Place, redis => redis.KeyPrefix = "bluestate-demo");
        else builder.UseInMemory();
    }
}
