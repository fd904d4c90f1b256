namespace Maskwright.Trainer.Tests;

public sealed class DeviceSlotsTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_device_has_one_worker_and_the_next_one_waits_for_its_end()
    {
        var slots = new DeviceSlots();
        var waits = new List<string>();
        var first = await slots.TakeAsync("cpu", waits.Add, Cancellation);
        using var other = await slots.TakeAsync("cuda:1", waits.Add, Cancellation);
        waits.ShouldBeEmpty();

        var second = slots.TakeAsync("auto", waits.Add, Cancellation);
        waits.ShouldBe(["cpu"]);
        second.IsCompleted.ShouldBeFalse();
        first.Dispose();
        (await second).Dispose();

        (await slots.TakeAsync("cpu", waits.Add, Cancellation)).Dispose();
        waits.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Who_gives_up_waiting_takes_nothing()
    {
        var slots = new DeviceSlots();
        using var stop = new CancellationTokenSource();
        var first = await slots.TakeAsync("cpu", _ => { }, Cancellation);
        var second = slots.TakeAsync("cpu", _ => { }, stop.Token);
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => second);

        first.Dispose();

        (await slots.TakeAsync("cpu", _ => { }, Cancellation)).Dispose();
    }
}
