using System.Reflection;

namespace BluePlan.State.KillTarget;

/// <summary>Code of a test's own assembly, which sees more than this program does, run in this process.</summary>
public static class ForeignCode
{
    /// <summary>The first argument of the program that makes it this one.</summary>
    public const string Command = "run";

    /// <summary>Calls the method <c>RunAsync</c> of a type.</summary>
    /// <param name="assembly">The path of the assembly.</param>
    /// <param name="type">The type's full name.</param>
    /// <param name="argument">The method's only argument.</param>
    public static Task RunAsync(string assembly, string type, string argument) =>
        (Task)Assembly.LoadFrom(assembly).GetType(type, throwOnError: true)!.GetMethod(nameof(RunAsync))!.Invoke(null, [argument])!;
}
