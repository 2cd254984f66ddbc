namespace BluePlan.State.Consistency;

/// <summary>The directory is deleted under the process, for good.</summary>
internal sealed class VanishingDirectoryScenario()
    : FileScenario("file-delete", "The directory is deleted under the process.", FileFaults.DeleteAsync)
{
    public override bool ReadsInTheEnd => false;
}
