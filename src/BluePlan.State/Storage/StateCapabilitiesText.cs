namespace BluePlan.State.Storage;

/// <summary>What messages say of capabilities that are missing.</summary>
internal static class StateCapabilitiesText
{
    public static string Remedy(StateCapabilities required) => required is StateCapabilities.None
        ? "Use the provider that it was made for, or a later version of this one."
        : $"Use a provider whose {nameof(IStateProvider.Capabilities)} include {required}, or a later version of this one.";
}
