using System.Security.Cryptography;
using System.Text;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Tests;

/// <summary>What <see cref="IBackupTarget"/> promises, for every target there is.</summary>
public abstract class BackupTargetConformance
{
    protected abstract IBackupTarget Target { get; }

    [Test]
    public async Task WriteAsync_NewObject_ReadsBack([Values(0, 1, 5_000_000)] int length)
    {
        var bytes = RandomNumberGenerator.GetBytes(length);

        await Target.WriteAsync("chunks/a/b.c_d-0", new MemoryStream(bytes));

        (await ReadAsync("chunks/a/b.c_d-0")).Should().Equal(bytes);
        (await ListAsync("")).Should().Equal(new BackupObject("chunks/a/b.c_d-0", length));
    }

    [Test]
    public async Task WriteAsync_NameIsTaken_ConflictsAndKeepsTheFirst()
    {
        await WriteTextAsync("a/x", "first");

        await FluentActions.Invoking(() => WriteTextAsync("a/x", "second")).Should().ThrowAsync<StateConflictException>();

        Encoding.UTF8.GetString((await ReadAsync("a/x"))!).Should().Be("first");
    }

    [Test]
    public async Task WriteAsync_SameNameByMany_OneWins()
    {
        for (var round = 0; round < 20; round++)
        {
            var name = $"a/x{round}";
            var outcomes = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => Task.Run(async () =>
            {
                try
                {
                    await WriteTextAsync(name, $"writer {i}");
                    return i;
                }
                catch (StateConflictException)
                {
                    return -1;
                }
            })));

            var winner = outcomes.Should().ContainSingle(i => i >= 0).Subject;
            Encoding.UTF8.GetString((await ReadAsync(name))!).Should().Be($"writer {winner}");
        }
    }

    [Test]
    public async Task WriteAsync_SourceFails_LeavesNothing()
    {
        await FluentActions.Invoking(() => Target.WriteAsync("a/x", new BrokenStream())).Should().ThrowAsync<InvalidDataException>();

        (await ListAsync("")).Should().BeEmpty();
        (await Target.OpenAsync("a/x")).Should().BeNull();
    }

    [Test]
    public async Task AnyCall_Cancelled_DoesNothing()
    {
        await WriteTextAsync("a/x", "x");
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();

        await FluentActions.Invoking(() => Target.WriteAsync("a/y", new MemoryStream(), cancelled.Token)).Should().ThrowAsync<OperationCanceledException>();
        await FluentActions.Invoking(() => Target.OpenAsync("a/x", cancelled.Token)).Should().ThrowAsync<OperationCanceledException>();
        await FluentActions.Invoking(() => Target.DeleteAsync("a/x", cancelled.Token)).Should().ThrowAsync<OperationCanceledException>();
        await FluentActions.Invoking(async () => { await foreach (var _ in Target.ListAsync("", cancelled.Token)) { } }).Should().ThrowAsync<OperationCanceledException>();

        (await ListAsync("")).Select(o => o.Name).Should().Equal("a/x");
    }

    [Test]
    public async Task ListAsync_Prefix_MatchesNamesAndNotFolders()
    {
        foreach (var name in new[] { "a", "ab/c", "ab/cd", "ab/c1/e", "b/a" }) await WriteTextAsync(name, name);

        (await NamesAsync("")).Should().BeEquivalentTo("a", "ab/c", "ab/cd", "ab/c1/e", "b/a");
        (await NamesAsync("a")).Should().BeEquivalentTo("a", "ab/c", "ab/cd", "ab/c1/e");
        (await NamesAsync("ab/c")).Should().BeEquivalentTo("ab/c", "ab/cd", "ab/c1/e");
        (await NamesAsync("ab/c1/")).Should().BeEquivalentTo("ab/c1/e");
        foreach (var nothing in new[] { "c", "ab/c1/e/f", "../", "/", "ab//", "A", "*" }) (await NamesAsync(nothing)).Should().BeEmpty(nothing);
    }

    [Test]
    public async Task DeleteAsync_Object_GoesAndTheNameIsFree()
    {
        await WriteTextAsync("a/x", "x");
        await WriteTextAsync("a/y", "y");

        (await Target.DeleteAsync("a/x")).Should().BeTrue();
        (await Target.DeleteAsync("a/x")).Should().BeFalse();
        (await Target.DeleteAsync("a")).Should().BeFalse();
        (await Target.DeleteAsync("nothing/at/all")).Should().BeFalse();

        (await NamesAsync("")).Should().Equal("a/y");
        await WriteTextAsync("a/x", "again");
        Encoding.UTF8.GetString((await ReadAsync("a/x"))!).Should().Be("again");
    }

    [Test]
    public async Task DeleteAsync_SameNameByMany_OneDeletes()
    {
        await WriteTextAsync("a/y", "y");
        for (var round = 0; round < 100; round++)
        {
            await WriteTextAsync("a/x", "x");
            (await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => Target.DeleteAsync("a/x"))))).Should().ContainSingle(d => d);
        }
    }

    [Test]
    public async Task DeleteAsync_LastOfAFolderThatOthersWriteInto_Succeeds() =>
        await Task.WhenAll(Enumerable.Range(0, 8).Select(writer => Task.Run(async () =>
        {
            for (var i = 0; i < 50; i++)
            {
                await WriteTextAsync($"shared/folder/{writer}", "x");
                (await NamesAsync("shared/")).Should().Contain($"shared/folder/{writer}");
                (await Target.DeleteAsync($"shared/folder/{writer}")).Should().BeTrue();
            }
        })));

    [Test]
    public async Task OpenAsync_DeletedWhileRead_ReadsOnOrFails()
    {
        await WriteTextAsync("a/x", "whole");
        await using var stream = await Target.OpenAsync("a/x");
        await Target.DeleteAsync("a/x");

        using var reader = new StreamReader(stream!);

        (await reader.ReadToEndAsync()).Should().Be("whole");
    }

    [Test]
    public async Task WriteAsync_ManyNamesAtOnceWhileOthersAreDeleted_LosesNone()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(writer => Task.Run(async () =>
        {
            for (var i = 0; i < 20; i++)
            {
                await WriteTextAsync($"shared/folder/{writer}-{i}", "x");
                if (i % 2 == 0) (await Target.DeleteAsync($"shared/folder/{writer}-{i}")).Should().BeTrue();
            }
        })));

        (await NamesAsync("shared/")).Should().HaveCount(80);
    }

    protected Task WriteTextAsync(string name, string text) => Target.WriteAsync(name, new MemoryStream(Encoding.UTF8.GetBytes(text)));

    protected async Task<byte[]?> ReadAsync(string name)
    {
        await using var stream = await Target.OpenAsync(name);
        if (stream is null) return null;
        using var copy = new MemoryStream();
        await stream.CopyToAsync(copy);
        return copy.ToArray();
    }

    protected async Task<List<BackupObject>> ListAsync(string prefix)
    {
        var found = new List<BackupObject>();
        await foreach (var item in Target.ListAsync(prefix)) found.Add(item);
        return found;
    }

    private async Task<IEnumerable<string>> NamesAsync(string prefix) => (await ListAsync(prefix)).Select(o => o.Name);

    private sealed class BrokenStream : MemoryStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => throw new InvalidDataException();

        public override Task CopyToAsync(Stream destination, int bufferSize, CancellationToken cancellationToken) => throw new InvalidDataException();
    }
}
