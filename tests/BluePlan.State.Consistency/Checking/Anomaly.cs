using System.Text;

namespace BluePlan.State.Consistency;

/// <summary>What no order of the operations explains.</summary>
/// <param name="Kind">What it is called: lost, duplicate, stale …</param>
/// <param name="Model">The model.</param>
/// <param name="Object">The object.</param>
/// <param name="Reason">One sentence.</param>
/// <param name="Operations">As few operations as show it.</param>
internal sealed record Anomaly(string Kind, ModelKind Model, string Object, string Reason, IReadOnlyList<Operation> Operations)
{
    public override string ToString()
    {
        var text = new StringBuilder($"{Kind}: {Model} {Object}: {Reason}");
        foreach (var operation in Operations) text.Append("\n    ").Append(operation);
        return text.ToString();
    }
}
