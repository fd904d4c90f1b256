using Maskwright.Datasets;
using Maskwright.ServiceDefaults;
using Microsoft.Extensions.Options;
using DatasetResource = Maskwright.Dataset.V1.Dataset;

namespace Maskwright.DatasetPrep;

/// <summary>Registration of dataset preparation.</summary>
internal static class DatasetPreparationExtensions
{
    public static void AddDatasetPreparation(this WebApplicationBuilder builder)
    {
        builder.Services.AddOptions<DatasetPrepOptions>()
            .BindConfiguration(DatasetPrepOptions.Section)
            .Validate(
                options => !string.IsNullOrWhiteSpace(options.DownloadDirectory),
                "Datasets:DownloadDirectory is empty; set it to a folder, or leave it out.")
            .ValidateOnStart();
        builder.Services.AddSingleton(services => new DatasetPreparation(
            services.GetRequiredService<TimeProvider>(), services.GetRequiredService<IOptions<DatasetPrepOptions>>().Value.DownloadDirectory));
        builder.Services.AddSingleton<SampleViewer>();
        builder.Services.AddSingleton<DatasetViews>();
        builder.Services.AddWorkQueue<DatasetResource, DatasetWork>(
            new WorkQueueOptions { Collection = "datasets", Prefix = "datasets", IdPrefix = "ds", Manifest = "manifest.json" },
            work => work.PrepareAsync);
    }
}
