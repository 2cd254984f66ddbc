using System.Runtime.CompilerServices;
using BluePlan.State.Storage;

namespace BluePlan.State;

/// <summary>Cuts a stream into lines of bytes, each valid until the next is asked for, without turning them into text.</summary>
internal static class JsonLines
{
    private const int MaximumBytes = StateLimits.MaximumCommitBytes;
    private static readonly byte[] ByteOrderMark = [0xEF, 0xBB, 0xBF];

    /// <summary>The lines that are not blank, with their numbers from 1, without their ends and a byte order mark.</summary>
    /// <exception cref="InvalidDataException">A line is too long.</exception>
    public static async IAsyncEnumerable<(int Number, ReadOnlyMemory<byte> Line)> ReadAsync(Stream source, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var buffer = new byte[64 * 1024];
        var (number, start, scanned, end) = (1, 0, 0, 0);
        for (var read = -1; read != 0;)
        {
            while (buffer.AsSpan(scanned, end - scanned).IndexOf((byte)'\n') is var at and >= 0)
            {
                if (Trim(buffer.AsMemory(start, scanned + at - start), number) is { Length: > 0 } line) yield return (number, line);
                start = scanned += at + 1;
                number++;
            }

            buffer.AsSpan(start, end - start).CopyTo(buffer);
            (start, end) = (0, end - start);
            scanned = end;
            if (end == MaximumBytes) throw new InvalidDataException($"Line {number}: it is longer than {MaximumBytes:N0} bytes.");
            if (end == buffer.Length) Array.Resize(ref buffer, Math.Min(2 * buffer.Length, MaximumBytes));
            end += read = await source.ReadAsync(buffer.AsMemory(end), cancellationToken).ConfigureAwait(false);
        }
        if (Trim(buffer.AsMemory(start, end - start), number) is { Length: > 0 } last) yield return (number, last);
    }

    private static ReadOnlyMemory<byte> Trim(ReadOnlyMemory<byte> line, int number)
    {
        if (number == 1 && line.Span.StartsWith(ByteOrderMark)) line = line[ByteOrderMark.Length..];
        return line[(line.Length - line.Span.TrimStart(" \t\r"u8).Length)..][..line.Span.Trim(" \t\r"u8).Length];
    }
}
