using System.Text.Json.Nodes;

namespace BluePlan.State;

/// <summary>One of the app's upgrades, see <see cref="BluePlanStateBuilder.UpgradeJson{T}"/>.</summary>
internal sealed record JsonUpgrade(Type Type, Func<JsonNode, JsonNode?> Upgrade);
