using Microsoft.Data.Sqlite;

namespace BluePlan.State.Benchmarks;

/// <summary>A SQLite database with one table of keys and values: WAL, synchronous=FULL, one connection, one prepared statement.</summary>
internal sealed class SqliteTable : IDisposable
{
    public const string Configuration = "Microsoft.Data.Sqlite, journal_mode=WAL, synchronous=FULL, table WITHOUT ROWID, prepared upsert";

    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _upsert;

    public SqliteTable(string path)
    {
        _connection = new(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        _connection.Open();
        Execute("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE items(key TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;");
        _upsert = _connection.CreateCommand();
        _upsert.CommandText = "INSERT INTO items(key, value) VALUES ($key, $value) ON CONFLICT(key) DO UPDATE SET value = excluded.value";
        _upsert.Parameters.Add("$key", SqliteType.Text);
        _upsert.Parameters.Add("$value", SqliteType.Blob);
        _upsert.Prepare();
    }

    public SqliteTransaction Begin() => _connection.BeginTransaction();

    /// <summary>Puts one row, in a transaction of its own or in the one that was begun.</summary>
    public void Put(string key, byte[] value, SqliteTransaction? transaction = null)
    {
        _upsert.Transaction = transaction;
        _upsert.Parameters[0].Value = key;
        _upsert.Parameters[1].Value = value;
        _upsert.ExecuteNonQuery();
    }

    public void Dispose()
    {
        _upsert.Dispose();
        _connection.Dispose();
    }

    private void Execute(string sql)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
