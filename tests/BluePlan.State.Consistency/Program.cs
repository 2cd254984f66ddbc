using System.CommandLine;
using System.Text.Json;
using BluePlan.State.Consistency;

// A client that one of the runs below has started.
if (args is [ClientProgram.Command, var client])
    return await ClientProgram.RunAsync(JsonSerializer.Deserialize(client, HistoryJson.Default.ClientSettings)!);

var scenario = new Argument<string>("scenario")
{
    Description = "What to run: 'all', 'list', 'check' with a file, or the name of a scenario.",
    DefaultValueFactory = static _ => "list",
};
var file = new Argument<string?>("history") { Description = "With 'check': a history of an earlier run.", DefaultValueFactory = static _ => null };
var seconds = new Option<int>("--seconds") { Description = "How long clients work in each run.", DefaultValueFactory = static _ => 30 };
var seed = new Option<int>("--seed") { Description = "Of the times of faults and the choices of clients.", DefaultValueFactory = static _ => 1 };
var minReplicas = new Option<int?>("--min-replicas")
{
    Description = "How many replicas must confirm a commit; by default each scenario runs with 0, and with 1 where it has replicas.",
};
var processes = new Option<int>("--processes") { Description = "How many clients.", DefaultValueFactory = static _ => 3 };
var workers = new Option<int>("--workers") { Description = "How many workers each client has.", DefaultValueFactory = static _ => 8 };
var output = new Option<string>("--output") { Description = "Where histories with anomalies go.", DefaultValueFactory = static _ => "artifacts" };
const string purpose = "Uses a store from several processes while it breaks, and checks what they saw. "
    + "Exit code 1 when something cannot be explained.";
var root = new RootCommand(purpose) { scenario, file, seconds, seed, minReplicas, processes, workers, output };
root.SetAction(async (parsed, _) =>
{
    var settings = new ScenarioSettings(parsed.GetValue(seconds), parsed.GetValue(seed), 0, parsed.GetValue(processes),
        parsed.GetValue(workers), parsed.GetValue(output)!);
    return await Runner.RunAsync(parsed.GetValue(scenario)!, parsed.GetValue(file), settings, parsed.GetValue(minReplicas));
});
return await root.Parse(args).InvokeAsync();
