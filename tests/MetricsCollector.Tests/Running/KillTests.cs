using Grpc.Core;
using Maskwright.Metrics.V1;

namespace Maskwright.MetricsCollector.Tests;

public sealed class KillTests
{
    private const int Kills = 50;
    private const int Writers = 4;
    private const int BatchPoints = 40;
    private const int StreamBatches = 3;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Killed_fifty_times_under_load_it_loses_nothing_acknowledged_and_doubles_nothing()
    {
        var folder = Directory.CreateTempSubdirectory("maskwright-kill-");
        try
        {
            var database = Path.Combine(folder.FullName, "metrics.db");
            var random = new PlainRandom(50);
            var writers = Enumerable.Range(0, Writers).Select(number => new Writer(number)).ToList();
            for (var kill = 0; kill < Kills; kill++)
            {
                await using var collector = await CollectorProcess.StartAsync(database);
                if (kill == 0)
                    await collector.Client.CreateRunAsync(new CreateRunRequest { RunId = "run", Run = new Run() }, cancellationToken: Cancel);
                // The blow falls after a drawn number of requests, wherever the collector then is in its work.
                var load = new Load(random.Next(60));
                var writing = writers.ConvertAll(writer => writer.WriteAsync(collector.Client, load));
                await load.IsOver;
                await collector.KillAsync();
                await Task.WhenAll(writing);
            }

            await using var last = await CollectorProcess.StartAsync(database);
            writers.Sum(writer => writer.PointBatches).ShouldBeGreaterThan(Kills);
            foreach (var writer in writers)
                await writer.CheckAsync(last.Client);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Counts requests up to the one at which the collector is killed.</summary>
    private sealed class Load(int requests)
    {
        private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _left = requests;

        public Task IsOver => _over.Task;

        public void Count()
        {
            if (Interlocked.Decrement(ref _left) <= 0)
                _over.TrySetResult();
        }
    }

    /// <summary>
    /// One client, whose batches are a function of its number and their sequence. What was not acknowledged is sent again after
    /// the next start. Events show what points cannot: whether something was kept twice.
    /// </summary>
    private sealed class Writer(int number)
    {
        private long _events;

        /// <summary>Batches that were acknowledged.</summary>
        public long PointBatches { get; private set; }

        public async Task WriteAsync(MetricsService.MetricsServiceClient client, Load load)
        {
            try
            {
                while (true)
                {
                    using var call = client.LogMetrics(cancellationToken: Cancel);
                    for (var i = 1; i <= StreamBatches; i++)
                    {
                        await call.RequestStream.WriteAsync(Batch(PointBatches + i), Cancel);
                        load.Count();
                    }

                    await call.RequestStream.CompleteAsync();
                    await call;
                    PointBatches += StreamBatches;
                    load.Count();
                    await client.LogEventsAsync(
                        new LogEventsRequest { Run = "runs/run", ClientId = $"w{number}", Sequence = _events + 1, Events = { new TextEvent { Text = Line(_events + 1) } } },
                        cancellationToken: Cancel);
                    _events++;
                }
            }
            catch (RpcException)
            {
                // Killed: the rest is sent to the next one.
            }
        }

        public async Task CheckAsync(MetricsService.MetricsServiceClient client)
        {
            var answer = await client.QueryMetricsAsync(new QueryMetricsRequest { Run = "runs/run", Metrics = { $"m{number}" } }, cancellationToken: Cancel);
            var points = answer.Series[0].Points;
            // What is beyond the last acknowledgement may be there, but then whole.
            points.Count.ShouldBeGreaterThanOrEqualTo((int)PointBatches * BatchPoints);
            (points.Count % BatchPoints).ShouldBe(0);
            points.Select(point => (point.Step, point.Value)).ShouldBe(Enumerable.Range(0, points.Count).Select(step => ((long)step, Value(step))));

            var lines = new List<string>();
            var request = new ListEventsRequest { Run = "runs/run", PageSize = 1_000 };
            do
            {
                var page = await client.ListEventsAsync(request, cancellationToken: Cancel);
                lines.AddRange(page.Events.Select(line => line.Text).Where(text => text.StartsWith($"{number} ", StringComparison.Ordinal)));
                request.PageToken = page.NextPageToken;
            }
            while (request.PageToken.Length > 0);
            lines.Count.ShouldBeGreaterThanOrEqualTo((int)_events);
            lines.ShouldBe(Enumerable.Range(1, lines.Count).Select(sequence => Line(sequence)));
        }

        private LogMetricsRequest Batch(long sequence)
        {
            var batch = new LogMetricsRequest { Run = "runs/run", ClientId = $"w{number}", Sequence = sequence };
            for (var step = (sequence - 1) * BatchPoints; step < sequence * BatchPoints; step++)
                batch.Points.Add(new Point { Metric = $"m{number}", Step = step, Value = Value(step) });
            return batch;
        }

        private double Value(long step) => Math.Sin(step + number);

        private string Line(long sequence) => $"{number} {sequence}";
    }
}
