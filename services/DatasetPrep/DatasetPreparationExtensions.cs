using Maskwright.Datasets;
using Maskwright.ServiceDefaults;
using DatasetResource = Maskwright.Dataset.V1.Dataset;

namespace Maskwright.DatasetPrep;

/// <summary>Registration of dataset preparation.</summary>
internal static class DatasetPreparationExtensions
{
    public static void AddDatasetPreparation(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<DatasetPreparation>();
        builder.Services.AddWorkQueue<DatasetResource, DatasetWork>(
            new WorkQueueOptions { Collection = "datasets", Prefix = "datasets", IdPrefix = "ds", Manifest = "manifest.json" },
            work => work.PrepareAsync);
    }
}
