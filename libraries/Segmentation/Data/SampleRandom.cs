namespace Maskwright.Segmentation;

/// <summary>
/// Random numbers that are a function of (seed, epoch, sample) alone, so that no thread's timing can change a run
/// (SplitMix64; Steele, Lea and Flood 2014).
/// </summary>
internal struct SampleRandom
{
    private const ulong Golden = 0x9E3779B97F4A7C15;

    private ulong _state;

    /// <summary>The numbers of one sample in one epoch.</summary>
    /// <param name="seed">The run's seed.</param>
    /// <param name="epoch">Counted from 1.</param>
    /// <param name="sample">Index within the split; -1 for what concerns the epoch as a whole.</param>
    /// <param name="draw">Tells apart the times that an epoch takes the same sample.</param>
    public SampleRandom(ulong seed, int epoch, int sample, int draw = 0)
    {
        _state = Mix(Mix(Mix(seed + Golden) + (ulong)epoch + Golden) + (ulong)sample + Golden);
        _state = draw == 0 ? _state : Mix(_state + (ulong)draw + Golden);
    }

    /// <summary>
    /// Seed of what libtorch draws in one batch, which is dropout: given to its generator before each, so that a run can go
    /// on at any batch without knowing the generator's state.
    /// </summary>
    /// <param name="seed">The run's seed.</param>
    /// <param name="epoch">Counted from 1.</param>
    /// <param name="batch">Number within the epoch, from 0.</param>
    public static long SeedOfBatch(ulong seed, int epoch, int batch) => unchecked((long)new SampleRandom(seed, epoch, sample: -1, draw: 1 + batch).Next());

    /// <summary>Uniform in [0, 1), in steps of 2^-53.</summary>
    public double NextDouble() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Uniform from <paramref name="least"/> to below <paramref name="most"/>.</summary>
    public double NextBetween(double least, double most) => least + ((most - least) * NextDouble());

    /// <summary>Uniform in 0..limit-1, without bias that could be seen (Lemire 2019, without rejection).</summary>
    public int NextInt(int limit) => (int)Math.BigMul(Next(), (ulong)limit, out _);

    /// <summary>The order in which an epoch takes <paramref name="count"/> samples (Fisher-Yates).</summary>
    /// <param name="seed">The run's seed.</param>
    /// <param name="epoch">Counted from 1.</param>
    /// <param name="count">Number of samples, and of draws.</param>
    /// <param name="weights">
    /// How often each is drawn beside the others: as often as its share of the draws says, rounded up or down (systematic
    /// sampling); null for each once.
    /// </param>
    public static int[] Order(ulong seed, int epoch, int count, double[]? weights = null)
    {
        var random = new SampleRandom(seed, epoch, sample: -1);
        var order = weights is null ? [.. Enumerable.Range(0, count)] : Draw(weights, count, random.NextDouble());
        for (var i = count - 1; i > 0; i--)
        {
            var j = random.NextInt(i + 1);
            (order[i], order[j]) = (order[j], order[i]);
        }

        return order;
    }

    private static int[] Draw(double[] weights, int count, double offset)
    {
        // Marks at equal distances along the weights laid end to end: whoever lies under a mark is drawn.
        var distance = weights.Sum() / count;
        var draws = new int[count];
        var (sample, end) = (0, weights[0]);
        for (var i = 0; i < count; i++)
        {
            while (end <= (i + offset) * distance && sample < weights.Length - 1)
            {
                end += weights[++sample];
            }

            draws[i] = sample;
        }

        return draws;
    }

    private ulong Next() => Mix(_state += Golden);

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
