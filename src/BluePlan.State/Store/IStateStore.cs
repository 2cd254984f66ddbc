namespace BluePlan.State;

/// <summary>The host's own data.</summary>
public interface IStateStore
{
}
