using System.Data.Common;

namespace Maskwright.MetricsCollector;

/// <summary>A command that is prepared once and run many times, its parameters given by their places.</summary>
internal sealed class Statement : IAsyncDisposable
{
    private readonly DbCommand _command;

    public Statement(DbConnection connection, string text, params ReadOnlySpan<string> parameters)
    {
        _command = connection.CreateCommand();
        _command.CommandText = text;
        foreach (var name in parameters)
        {
            var parameter = _command.CreateParameter();
            parameter.ParameterName = name;
            _command.Parameters.Add(parameter);
        }
    }

    /// <summary>A figure as it is kept: NULL for NaN.</summary>
    public static object Real(double value) => double.IsNaN(value) ? DBNull.Value : value;

    public Task<int> RunAsync(params ReadOnlySpan<object> values) => With(values).ExecuteNonQueryAsync();

    public Task<object?> ScalarAsync(params ReadOnlySpan<object> values) => With(values).ExecuteScalarAsync();

    public Task<DbDataReader> ReadAsync(params ReadOnlySpan<object> values) => With(values).ExecuteReaderAsync();

    public ValueTask DisposeAsync() => _command.DisposeAsync();

    private DbCommand With(ReadOnlySpan<object> values)
    {
        for (var i = 0; i < values.Length; i++)
            _command.Parameters[i].Value = values[i];
        return _command;
    }
}

/// <summary>Figures as they are kept.</summary>
internal static class StatementReading
{
    /// <summary>The figure in a column: NaN for NULL.</summary>
    public static double Real(this DbDataReader reader, int column) =>
        reader.IsDBNull(column) ? double.NaN : reader.GetDouble(column);
}
