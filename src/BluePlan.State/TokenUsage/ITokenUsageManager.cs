namespace BluePlan.State;

/// <summary>Token accounting.</summary>
public interface ITokenUsageManager
{
}
