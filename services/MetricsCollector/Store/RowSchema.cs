namespace Maskwright.MetricsCollector;

/// <summary>Schema version 1: a row a point, maps as JSON objects with sorted keys. Times are ticks (100 ns) since 1970 UTC.</summary>
internal static class RowSchema
{
    public static string Sql(Dialect dialect) => $"""
        CREATE TABLE runs (
            number {dialect.Identity},
            id {dialect.Text} NOT NULL UNIQUE,
            display_name {dialect.Text} NOT NULL,
            options {dialect.Text} NOT NULL,
            lineage {dialect.Text} NOT NULL,
            tags {dialect.Text} NOT NULL,
            note {dialect.Text} NOT NULL,
            status {dialect.Integer} NOT NULL,
            error_message {dialect.Text} NOT NULL,
            create_time {dialect.Integer} NOT NULL,
            end_time {dialect.Integer}
        ) {dialect.Table};

        CREATE TABLE metrics (
            number {dialect.Integer} PRIMARY KEY,
            run {dialect.Integer} NOT NULL REFERENCES runs (number) ON DELETE CASCADE,
            name {dialect.Text} NOT NULL,
            points {dialect.Integer} NOT NULL,
            last {dialect.Real},
            minimum {dialect.Real},
            maximum {dialect.Real},
            last_step {dialect.Integer} NOT NULL,
            UNIQUE (run, name)
        ) {dialect.Table};

        CREATE TABLE points (
            metric {dialect.Integer} NOT NULL REFERENCES metrics (number) ON DELETE CASCADE,
            step {dialect.Integer} NOT NULL,
            epoch {dialect.Integer} NOT NULL,
            time {dialect.Integer} NOT NULL,
            value {dialect.Real},
            PRIMARY KEY (metric, step)
        ) {dialect.KeyedTable};

        CREATE TABLE clients (
            run {dialect.Integer} NOT NULL REFERENCES runs (number) ON DELETE CASCADE,
            client {dialect.Text} NOT NULL,
            last_sequence {dialect.Integer} NOT NULL,
            PRIMARY KEY (run, client)
        ) {dialect.KeyedTable};
        """;
}
