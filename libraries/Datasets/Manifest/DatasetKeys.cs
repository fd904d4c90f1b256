namespace Maskwright.Datasets;

/// <summary>Where a dataset's objects are in the bucket.</summary>
public static class DatasetKeys
{
    /// <summary>What all keys of a dataset begin with.</summary>
    /// <param name="datasetId">1 to 63 of a-z, 0-9 and -, starting with a letter.</param>
    /// <exception cref="ArgumentException">The id is of another form.</exception>
    public static string Prefix(string datasetId)
    {
        ArgumentNullException.ThrowIfNull(datasetId);
        if (datasetId.Length is < 1 or > 63
            || !char.IsAsciiLetterLower(datasetId[0])
            || !datasetId.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-'))
            throw new ArgumentException($"'{datasetId}' is not a dataset id: 1 to 63 of a-z, 0-9 and -, starting with a letter.", nameof(datasetId));
        return $"datasets/{datasetId}/";
    }

    /// <summary>The manifest of a dataset.</summary>
    /// <param name="datasetId">The dataset.</param>
    public static string Manifest(string datasetId) => Prefix(datasetId) + "manifest.json";

    /// <summary>The statistics of a dataset.</summary>
    /// <param name="datasetId">The dataset.</param>
    public static string Statistics(string datasetId) => Prefix(datasetId) + "statistics.json";

    /// <summary>A picture of the statistics.</summary>
    /// <param name="datasetId">The dataset.</param>
    /// <param name="name">Its name without extension.</param>
    public static string Picture(string datasetId, string name) => $"{Prefix(datasetId)}pictures/{name}.png";

    /// <summary>A file of a sample that was taken out of its shard to be looked at.</summary>
    /// <param name="datasetId">The dataset.</param>
    /// <param name="sampleKey">The sample.</param>
    /// <param name="extension">What it is, without the dot.</param>
    public static string Sample(string datasetId, string sampleKey, string extension) => $"{Prefix(datasetId)}samples/{sampleKey}.{extension}";
}
