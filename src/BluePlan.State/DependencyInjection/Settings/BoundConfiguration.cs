using System.Runtime.CompilerServices;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace BluePlan.State;

/// <summary>Finds what <c>Configure&lt;T&gt;(IConfiguration)</c> and <c>Bind</c> have bound options to, since the options themselves show numbers and times no longer as they were written.</summary>
internal static class BoundConfiguration<T>
{
    /// <summary>The configuration behind a source of changes; null = it is of another kind.</summary>
    public static IConfiguration? Of(IOptionsChangeTokenSource<T> source)
    {
        if (source is not ConfigurationChangeTokenSource<T> bound) return null;
        try
        {
            return Configuration(bound);
        }
        catch (MissingFieldException)
        {
            // A later version keeps it elsewhere. The ranges of the settings are still checked; a test tells us.
            return null;
        }
    }

    // Nothing public tells it: the source shows only that something has changed.
    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_config")]
    private static extern ref IConfiguration Configuration(ConfigurationChangeTokenSource<T> source);
}
