using FsCheck.Xunit;

namespace Maskwright.MetricsCollector.Tests;

public sealed class PointBlockTests
{
    [Fact]
    public void A_block_is_these_bytes()
    {
        var start = DateTimeOffset.UnixEpoch.AddTicks(300);
        StoredPoint[] points = [new("m", 5, 1, start, 1), new("m", 6, 1, start.AddTicks(2), -0.0), new("m", 7, 2, start, 2)];
        // Three points; their values; steps 5, then +1 twice; epochs 1, +0, +1; times 300, +2, -2: zigzag doubles, -n is 2n - 1.
        Convert.ToHexStringLower(PointBlock.Pack(points)).ShouldBe(
            "03000000" + "000000000000f03f" + "0000000000000080" + "0000000000000040"
            + "0a01" + "0202" + "0201" + "0001" + "0201" + "d804" + "04" + "03");
    }

    [Property]
    public void Any_points_come_back_to_the_bit((long Step, int Epoch, long Time, double Value)[] rows)
    {
        var points = rows.Select(row => row.Step & long.MaxValue).Distinct().Order()
            .Zip(rows, (step, row) => new StoredPoint("m", step, row.Epoch & int.MaxValue, DateTimeOffset.UnixEpoch.AddTicks(row.Time % 1_000_000_000_000), row.Value))
            .ToArray();
        var block = new PointBlock("m", PointBlock.Pack(points));
        block.ToArray().Select(point => (point, BitConverter.DoubleToInt64Bits(point.Value)))
            .ShouldBe(points.Select(point => (point, BitConverter.DoubleToInt64Bits(point.Value))));
    }

    [Property]
    public void Any_damaged_block_is_named(byte[] bytes, ushort cut)
    {
        var points = Enumerable.Range(0, 100).Select(i => new StoredPoint("m", i * i, i, DateTimeOffset.UnixEpoch.AddTicks(i * 77), i)).ToArray();
        var packed = PointBlock.Pack(points);
        Read(bytes);
        Read(packed[..(cut % packed.Length)]);

        static void Read(byte[] data)
        {
            try
            {
                foreach (var point in new PointBlock("m", data).ToArray())
                    point.Metric.ShouldBe("m");
            }
            catch (MetricsDatabaseException error)
            {
                error.Message.ShouldContain("damaged");
            }
        }
    }
}
