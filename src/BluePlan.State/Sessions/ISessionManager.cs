namespace BluePlan.State;

/// <summary>User sessions.</summary>
public interface ISessionManager
{
}
