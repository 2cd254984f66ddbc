using Microsoft.Extensions.Options;

namespace BluePlan.State;

/// <summary>Lists every fault of the options of every store.</summary>
internal sealed class BluePlanStateOptionsValidator : IValidateOptions<BluePlanStateOptions>
{
    public ValidateOptionsResult Validate(string? name, BluePlanStateOptions options)
    {
        var faults = options.Validate();
        return faults.Count == 0 ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(faults.Select(fault => string.IsNullOrEmpty(name) ? $"BluePlanState: {fault}" : $"BluePlanState '{name}': {fault}"));
    }
}
