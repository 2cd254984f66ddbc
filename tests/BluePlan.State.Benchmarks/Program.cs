using System.CommandLine;
using BenchmarkDotNet.Running;
using BluePlan.State.Benchmarks;

var suite = new Argument<string>("suite") { Description = "What to compare.", DefaultValueFactory = static _ => "all" };
suite.AcceptOnlyFromAmong([.. Comparison.Names]);
var quick = new Option<bool>("--quick") { Description = "Only show that everything runs: seconds instead of minutes, and nothing is judged." };
var json = new Option<string?>("--json") { Description = "A file to write all figures to." };
var page = new Option<string?>("--page") { Description = "A Markdown file to write the results to, a chart beside it." };
var compare = new Command("compare", "Measures us and the peers in one run, and judges the ratios. Exit code 1 when a bar is missed.") { suite, quick, json, page };
compare.SetAction(async (parsed, _) => await Comparison.RunAsync(parsed.GetValue(suite)!, parsed.GetValue(quick), parsed.GetValue(json), parsed.GetValue(page)));

var arguments = new Argument<string[]>("arguments") { Description = "What BenchmarkDotNet takes.", Arity = ArgumentArity.ZeroOrMore };
var micro = new Command("micro", "Measures time and allocation of the hot paths with BenchmarkDotNet.") { arguments };
micro.TreatUnmatchedTokensAsErrors = false;
micro.SetAction(parsed =>
{
    BenchmarkSwitcher.FromAssembly(typeof(Comparison).Assembly).Run([.. parsed.GetValue(arguments)!, .. parsed.UnmatchedTokens]);
});

var operation = new Argument<string>("operation") { Description = "What to run." };
operation.AcceptOnlyFromAmong([.. Profiling.Names]);
var callers = new Option<int>("--callers") { Description = "How many callers at once.", DefaultValueFactory = static _ => 64 };
var seconds = new Option<int>("--seconds") { Description = "For how long.", DefaultValueFactory = static _ => 10 };
var profile = new Command("profile", "Runs one operation alone, for a profiler to look at.") { operation, callers, seconds };
profile.SetAction(async (parsed, _) => await Profiling.RunAsync(parsed.GetValue(operation)!, parsed.GetValue(callers), parsed.GetValue(seconds)));

return await new RootCommand("Compares BluePlan.State with its peers.") { compare, micro, profile }.Parse(args).InvokeAsync();
