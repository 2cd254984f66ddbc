using BluePlan.State.Storage;

namespace BluePlan.State.Tests;

/// <summary>The toy provider with commits and reads only, so that the other direction of every capability is tested too.</summary>
public sealed class BareDictionaryHarness : DictionaryHarness
{
    protected override StateCapabilities Capabilities => StateCapabilities.None;
}
