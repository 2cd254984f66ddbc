namespace BluePlan.State;

/// <summary>Versioned configuration.</summary>
public interface IConfigManager
{
}
