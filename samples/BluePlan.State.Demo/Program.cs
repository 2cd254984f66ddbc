using System.CommandLine;
using BluePlan.State.Demo;

var store = new Option<string>("--store")
{
    Description = "Where the state lives: memory, file:PATH, or redis:HOST:PORT. Without it: files in data/ under the current directory.",
};
var import = new Option<FileInfo?>("--import")
{
    Description = "Instead of the demo, import conversations from a JSONL file, lines of {\"id\", \"messages\":[{\"role\",\"content\"}]}, and read every message back.",
};
var command = new RootCommand("Shows BluePlan.State at work: sessions, history, token usage, config, and a backup that survives the loss of the store.") { store, import };
command.SetAction(async (parsed, cancellationToken) =>
{
    var choice = StoreChoice.Parse(parsed.GetValue(store));
    if (parsed.GetValue(import) is { } file) await ConversationImport.RunAsync(choice, file, cancellationToken);
    else await DemoRun.RunAsync(choice, cancellationToken);
    return 0;
});

try
{
    return await command.Parse(args).InvokeAsync(new() { EnableDefaultExceptionHandler = false });
}
catch (Exception exception)
{
    await Console.Out.FlushAsync();
    await Console.Error.WriteLineAsync($"{(exception is OperationCanceledException ? "Cancelled." : exception.Message)}");
    return 1;
}
