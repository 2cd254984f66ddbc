namespace BluePlan.State;

/// <summary>Conversations and their messages.</summary>
public interface IHistoryManager
{
}
