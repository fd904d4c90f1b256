using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Maskwright.Dataset.V1;
using Maskwright.Work.V1;

namespace Maskwright.Cli.Tests;

internal sealed class FakeDatasetService(FakeScript script) : DatasetService.DatasetServiceBase
{
    public override Task<Dataset.V1.Dataset> CreateDataset(CreateDatasetRequest request, ServerCallContext context)
    {
        script.Requests.Enqueue(request);
        return Task.FromResult(new Dataset.V1.Dataset { Name = "datasets/fake", State = script.AnsweredDataset });
    }

    public override Task<Dataset.V1.Dataset> GetDataset(GetDatasetRequest request, ServerCallContext context) =>
        request.Name == "datasets/fake"
            ? Task.FromResult(Ended())
            : throw new Google.Rpc.Status
            {
                Code = (int)StatusCode.NotFound,
                Message = $"There is no '{request.Name}'.",
                Details = { Any.Pack(new Google.Rpc.ErrorInfo { Reason = "RESOURCE_NOT_FOUND", Domain = "maskwright" }) },
            }.ToRpcException();

    public override Task<ListDatasetsResponse> ListDatasets(ListDatasetsRequest request, ServerCallContext context)
    {
        script.Requests.Enqueue(request);
        return Task.FromResult(new ListDatasetsResponse { Datasets = { Ended() } });
    }

    public override async Task WatchDataset(
        WatchDatasetRequest request, IServerStreamWriter<WatchDatasetResponse> responseStream, ServerCallContext context)
    {
        var dataset = Ended();
        (dataset.State, dataset.Progress) = (State.Running, new Progress { Stage = "scan", Done = 5, Total = 600, Unit = "images" });
        await responseStream.WriteAsync(new WatchDatasetResponse { Event = new Event { Sequence = 1, Kind = EventKind.Snapshot }, Dataset = dataset });
        dataset.Progress = new Progress { Stage = "rasterise", Done = 300, Total = 600, Unit = "images", Rate = 120 };
        await responseStream.WriteAsync(new WatchDatasetResponse { Event = new Event { Sequence = 2, Kind = EventKind.Progress }, Dataset = dataset });
        await responseStream.WriteAsync(new WatchDatasetResponse { Event = new Event { Sequence = 3, Kind = EventKind.State }, Dataset = Ended() });
    }

    public override Task<Dataset.V1.Dataset> CancelDataset(CancelDatasetRequest request, ServerCallContext context)
    {
        script.Requests.Enqueue(request);
        return Task.FromResult(new Dataset.V1.Dataset { Name = request.Name, State = State.Running });
    }

    public override Task<Empty> DeleteDataset(DeleteDatasetRequest request, ServerCallContext context)
    {
        script.Requests.Enqueue(request);
        return Task.FromResult(new Empty());
    }

    public override Task<ListSamplesResponse> ListSamples(ListSamplesRequest request, ServerCallContext context)
    {
        script.Requests.Enqueue(request);
        var sample = new Sample
        {
            Name = "datasets/fake/samples/000000000007", Split = "val", Width = 640, Height = 480, ClassIndices = { 0, 1 },
            ImageUrl = script.FigureUrl, MaskUrl = script.FigureUrl, OverlayUrl = script.FigureUrl,
        };
        return Task.FromResult(new ListSamplesResponse { Samples = { sample }, NextPageToken = "0-8" });
    }

    public override Task<DatasetReport> GetDatasetReport(GetDatasetReportRequest request, ServerCallContext context) => Task.FromResult(new DatasetReport
    {
        StatisticsUrl = script.FigureUrl,
        Pictures = { new Picture { FileName = "class-histogram.png", Url = script.FigureUrl } },
    });

    private Dataset.V1.Dataset Ended()
    {
        var dataset = new Dataset.V1.Dataset
        {
            Name = "datasets/fake",
            State = script.DatasetError is null ? State.Succeeded : State.Failed,
            Error = script.DatasetError,
            GeneratedScenes = new GeneratedScenes { Count = 600, Seed = 1 },
            CreateTime = new Timestamp { Seconds = 1_780_000_000 },
            StartTime = new Timestamp { Seconds = 1_780_000_001 },
            EndTime = new Timestamp { Seconds = 1_780_000_043 },
            Digest = new string('a', 64),
        };
        if (script.DatasetError is not null)
            return dataset;
        dataset.Statistics = new DatasetStatistics
        {
            ClassWeights = { new ClassWeight { Index = 0, Name = "background", InverseFrequency = 0.4167 }, new ClassWeight { Index = 2, Name = "car" } },
        };
        foreach (var (split, images) in new[] { ("train", 480), ("val", 60), ("test", 60) })
        {
            dataset.Statistics.Splits.Add(new SplitStatistics
            {
                Split = split,
                Images = images,
                ValidPixels = images * 1_000L,
                Classes =
                {
                    new ClassStatistics { Index = 0, Name = "background", Images = images, Pixels = images * 700L, ImagesWith = { images, images / 2, images / 4 } },
                    new ClassStatistics { Index = 1, Name = "person", Images = images / 2, Instances = images, Pixels = images * 200L, ImagesWith = { images / 2, images / 2, images / 10 } },
                    new ClassStatistics { Index = 2, Name = "car", Images = images / 4, Instances = images, Pixels = images * 100L, ImagesWith = { images / 4, images / 10, images / 4 } },
                },
                Widths = { new HistogramBin { From = 640, To = 704, Images = images } },
                Aspects = { new HistogramBin { From = 1.2968, To = 1.5422, Images = images } },
            });
        }

        return dataset;
    }
}
