using Microsoft.Extensions.Options;

namespace BluePlan.State.Redis;

/// <summary>Lists every fault of the Redis settings of every store when the host starts.</summary>
internal sealed class RedisStateOptionsValidator : IValidateOptions<RedisStateOptions>
{
    public ValidateOptionsResult Validate(string? name, RedisStateOptions options) =>
        options.Validate() is { Count: > 0 } faults ? ValidateOptionsResult.Fail(faults) : ValidateOptionsResult.Success;
}
