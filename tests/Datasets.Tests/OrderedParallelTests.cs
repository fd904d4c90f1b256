namespace Maskwright.Datasets.Tests;

public sealed class OrderedParallelTests
{
    [Fact(Timeout = 30_000)]
    public async Task A_result_is_given_while_the_next_item_is_awaited()
    {
        var taken = new TaskCompletionSource();
        async IAsyncEnumerable<int> Items()
        {
            yield return 1;

            // Who sends the second item waits for the answer to the first.
            await taken.Task;
            yield return 2;
        }

        var results = new List<int>();
        await foreach (var result in OrderedParallel.SelectAsync(Items(), (item, _) => Task.FromResult(item * 10), degree: 8, TestContext.Current.CancellationToken))
        {
            results.Add(result);
            taken.TrySetResult();
        }

        results.ShouldBe([10, 20]);
    }

    [Fact(Timeout = 30_000)]
    public async Task No_more_are_held_than_was_said_and_their_order_is_the_items()
    {
        var held = 0;
        var most = 0;
        var results = new List<int>();
        await foreach (var result in OrderedParallel.SelectAsync(
            Enumerable.Range(0, 200).ToList(),
            async (item, _) =>
            {
                InterlockedMax(ref most, Interlocked.Increment(ref held));
                await Task.Yield();
                return item;
            },
            degree: 3,
            TestContext.Current.CancellationToken))
        {
            results.Add(result);
            Interlocked.Decrement(ref held);
        }

        results.ShouldBe(Enumerable.Range(0, 200));
        most.ShouldBeInRange(1, 3);
    }

    [Fact(Timeout = 30_000)]
    public async Task What_goes_wrong_with_the_items_comes_after_the_results_before_it()
    {
        static async IAsyncEnumerable<int> Items()
        {
            yield return 1;
            await Task.Yield();
            throw new InvalidDataException("no more");
        }

        var results = new List<int>();
        var error = await Should.ThrowAsync<InvalidDataException>(async () =>
        {
            await foreach (var result in OrderedParallel.SelectAsync(Items(), (item, _) => Task.FromResult(item), degree: 2, TestContext.Current.CancellationToken))
                results.Add(result);
        });

        error.Message.ShouldBe("no more");
        results.ShouldBe([1]);
    }

    private static void InterlockedMax(ref int target, int value)
    {
        for (var seen = Volatile.Read(ref target); value > seen; seen = Volatile.Read(ref target))
            Interlocked.CompareExchange(ref target, value, seen);
    }
}
