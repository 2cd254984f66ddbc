using System.Reflection;
using System.Reflection.Emit;

namespace BluePlan.State.Tests;

/// <summary>What a method's body mentions: the members and types behind the metadata tokens of its instructions (ECMA-335, III.1.9).</summary>
internal static class MethodReferences
{
    private static readonly OpCode?[] OneByte = Table(1), TwoByte = Table(2);

    public static IEnumerable<MemberInfo> Of(MethodBase method)
    {
        if (method.GetMethodBody() is not { } body) yield break;
        foreach (var local in body.LocalVariables) yield return local.LocalType;
        foreach (var clause in body.ExceptionHandlingClauses)
            if (clause.Flags is ExceptionHandlingClauseOptions.Clause && clause.CatchType is { } caught) yield return caught;
        var typeArguments = method.DeclaringType is { IsGenericType: true } type ? type.GetGenericArguments() : null;
        var methodArguments = method.IsGenericMethod ? method.GetGenericArguments() : null;
        foreach (var token in Tokens(body.GetILAsByteArray()!))
            if (method.Module.ResolveMember(token, typeArguments, methodArguments) is { } member) yield return member;
    }

    private static IEnumerable<int> Tokens(byte[] code)
    {
        for (var at = 0; at < code.Length;)
        {
            var operation = (code[at] == 0xFE ? TwoByte[code[at + 1]] : OneByte[code[at]]) ?? throw new InvalidOperationException($"Unknown instruction {code[at]:x2}.");
            at += operation.Size;
            if (operation.OperandType is OperandType.InlineMethod or OperandType.InlineField or OperandType.InlineType or OperandType.InlineTok) yield return BitConverter.ToInt32(code, at);
            at += operation.OperandType switch
            {
                OperandType.InlineNone => 0,
                OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
                OperandType.InlineVar => 2,
                OperandType.InlineI8 or OperandType.InlineR => 8,
                OperandType.InlineSwitch => 4 + 4 * BitConverter.ToInt32(code, at),
                _ => 4,
            };
        }
    }

    private static OpCode?[] Table(int size)
    {
        var table = new OpCode?[256];
        foreach (var field in typeof(OpCodes).GetFields(BindingFlags.Public | BindingFlags.Static))
            if (field.GetValue(null) is OpCode operation && operation.Size == size) table[(byte)operation.Value] = operation;
        return table;
    }
}
