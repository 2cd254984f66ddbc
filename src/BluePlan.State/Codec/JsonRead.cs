using System.Text.Json;

namespace BluePlan.State;

/// <summary>Reads one value: the reader stands on its first token, and on its last one afterwards.</summary>
/// <exception cref="JsonException">It is another value; so do <see cref="InvalidOperationException"/> and <see cref="FormatException"/> of the reader say.</exception>
internal delegate T JsonRead<out T>(ref Utf8JsonReader reader);
