namespace BluePlan.State.Redis;

/// <summary>The scripts beside commits.</summary>
internal static class ReadScripts
{
    public static readonly RedisScript Peek = ScriptFiles.Load("peek");
    public static readonly RedisScript Touch = ScriptFiles.Load("touch");
    public static readonly RedisScript Documents = ScriptFiles.Load("documents");
    public static readonly RedisScript Log = ScriptFiles.Load("read-log");
    public static readonly RedisScript LogTail = ScriptFiles.Load("read-tail");
    public static readonly RedisScript LogEntries = ScriptFiles.Load("read-entries");
    public static readonly RedisScript Index = ScriptFiles.Load("read-index");
    public static readonly RedisScript IndexMembers = ScriptFiles.Load("read-members");
    public static readonly RedisScript Page = ScriptFiles.Load("page");
    public static readonly RedisScript Union = ScriptFiles.Load("union");
}
