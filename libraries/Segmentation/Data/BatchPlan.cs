namespace Maskwright.Segmentation;

/// <summary>How a split is cut into batches.</summary>
internal static class BatchPlan
{
    /// <summary>
    /// Cuts <paramref name="order"/> into batches of <paramref name="batchSize"/>; the last may be smaller. A single sample
    /// left over joins the batch before it: the normalisation of the pooled branch needs two values a channel.
    /// </summary>
    public static IReadOnlyList<ArraySegment<int>> ForTraining(int[] order, int batchSize)
    {
        var batches = new List<ArraySegment<int>>();
        for (var start = 0; start < order.Length;)
        {
            var count = Math.Min(batchSize, order.Length - start);
            if (order.Length - start - count == 1)
            {
                count++;
            }

            batches.Add(new ArraySegment<int>(order, start, count));
            start += count;
        }

        return batches;
    }
}
