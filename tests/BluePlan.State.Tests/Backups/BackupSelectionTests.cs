using BluePlan.State.Storage;
using FluentAssertions;
using NUnit.Framework;

namespace BluePlan.State.Tests;

public sealed class BackupSelectionTests
{
    [Test]
    public void Take_PartsOfWhatTenantsShare_BeginWithTheFirstThatHoldsSomething()
    {
        var selection = new BackupSelection("acme", StateParts.All, null, partitionCount: 4);

        var taken = new[] { Part("globex", continues: false), Part("acme", continues: true), Part("globex", continues: true), Part("acme", continues: true) }.Select(selection.Take).ToArray();

        taken.Select(static t => t?.Continues).Should().Equal(null, false, null, true);

        static StateRecord Part(string tenant, bool continues) =>
            new(new(1, StateShape.Index, StateTypes.SessionExpiry.Name, "all"), new IndexContent([new(KeyText.Join(tenant, "ann", "1"), 1)], 1), continues);
    }
}
