using System.Text.Json;

namespace BluePlan.State;

/// <summary>Reads one value: the reader stands on its first token, and on its last one afterwards.</summary>
/// <exception cref="JsonException">It is another value. What the reader itself throws, <see cref="InvalidOperationException"/> and <see cref="FormatException"/>, says the same.</exception>
internal delegate T JsonRead<out T>(ref Utf8JsonReader reader);
