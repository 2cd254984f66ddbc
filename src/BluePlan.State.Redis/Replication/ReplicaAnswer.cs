namespace BluePlan.State.Redis;

/// <summary>What a server answers about its replicas.</summary>
/// <param name="Confirmed">How many replicas hold what this process wrote on its connection to the server.</param>
/// <param name="HasToken">Whether they also hold all that the server held before, whichever process wrote it.</param>
internal readonly record struct ReplicaAnswer(long Confirmed, bool HasToken);
