namespace BluePlan.State.AotSmoke;

internal sealed record SmokeData(string Text, int Number);
