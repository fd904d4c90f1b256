namespace Maskwright.MetricsCollector;

/// <summary>
/// Schema version 2: points packed in blocks, maps as rows that can be filtered and sorted, images and events. A NULL among
/// the figures of a series stands for NaN, which neither database compares as a number.
/// </summary>
internal static class BlockSchema
{
    public static string Sql(Dialect dialect) => $"""
        CREATE TABLE attributes (
            run {dialect.Integer} NOT NULL REFERENCES runs (number) ON DELETE CASCADE,
            kind {dialect.Integer} NOT NULL,
            name {dialect.Text} NOT NULL,
            value {dialect.Text} NOT NULL,
            sort_key {dialect.Text} NOT NULL,
            PRIMARY KEY (run, kind, name)
        ) {dialect.KeyedTable};

        CREATE TABLE series (
            number {dialect.Identity},
            run {dialect.Integer} NOT NULL REFERENCES runs (number) ON DELETE CASCADE,
            name {dialect.Text} NOT NULL,
            points {dialect.Integer} NOT NULL,
            last_step {dialect.Integer} NOT NULL,
            last {dialect.Real},
            minimum {dialect.Real},
            minimum_step {dialect.Integer} NOT NULL,
            maximum {dialect.Real},
            maximum_step {dialect.Integer} NOT NULL,
            small_blocks {dialect.Integer} NOT NULL,
            UNIQUE (run, name)
        ) {dialect.Table};

        CREATE TABLE blocks (
            series {dialect.Integer} NOT NULL REFERENCES series (number) ON DELETE CASCADE,
            first_step {dialect.Integer} NOT NULL,
            last_step {dialect.Integer} NOT NULL,
            points {dialect.Integer} NOT NULL,
            extremes {dialect.Bytes} NOT NULL,
            data {dialect.Bytes} NOT NULL,
            PRIMARY KEY (series, first_step)
        ) {dialect.KeyedTable};

        CREATE INDEX small_blocks ON blocks (series, first_step) WHERE points < {PointBlock.SmallPoints};

        CREATE TABLE senders (
            run {dialect.Integer} NOT NULL REFERENCES runs (number) ON DELETE CASCADE,
            kind {dialect.Integer} NOT NULL,
            client {dialect.Text} NOT NULL,
            last_sequence {dialect.Integer} NOT NULL,
            PRIMARY KEY (run, kind, client)
        ) {dialect.KeyedTable};

        CREATE TABLE images (
            run {dialect.Integer} NOT NULL REFERENCES runs (number) ON DELETE CASCADE,
            step {dialect.Integer} NOT NULL,
            sample {dialect.Text} NOT NULL,
            image_key {dialect.Text} NOT NULL,
            truth_key {dialect.Text} NOT NULL,
            prediction_key {dialect.Text} NOT NULL,
            PRIMARY KEY (run, step, sample)
        ) {dialect.KeyedTable};

        CREATE TABLE events (
            number {dialect.Identity},
            run {dialect.Integer} NOT NULL REFERENCES runs (number) ON DELETE CASCADE,
            time {dialect.Integer} NOT NULL,
            level {dialect.Text} NOT NULL,
            text {dialect.Text} NOT NULL
        ) {dialect.Table};

        CREATE INDEX run_events ON events (run, number);

        CREATE TABLE deleted_runs (
            id {dialect.Text} NOT NULL PRIMARY KEY,
            time {dialect.Integer} NOT NULL
        ) {dialect.KeyedTable};
        """;
}
