using Google.Protobuf;
using Grpc.Core;
using Maskwright.Datasets;
using Maskwright.Evaluation.V1;
using Maskwright.Imaging;

namespace Maskwright.EndToEnd.Tests;

[Collection(PipelineTests.Name)]
public sealed class PredictionTests(FinishedPipeline pipeline)
{
    private const int Patience = 120_000;

    private readonly EvaluationService.EvaluationServiceClient _evaluator = pipeline.Application.Clients.Evaluator;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = Patience)]
    public async Task A_prediction_is_a_mask_of_the_images_size_and_its_shares_are_the_masks()
    {
        using var folder = new TemporaryFolder();
        await ScenesGenerator.GenerateAsync(folder.FullName, new SceneOptions { Count = 1, Size = 200, Seed = 99 }, cancellationToken: Cancellation);
        var jpeg = await File.ReadAllBytesAsync(Directory.EnumerateFiles(folder["images"]).Single(), Cancellation);
        var header = ImageCodec.ReadHeader(jpeg, "scene");

        var predicted = await _evaluator.PredictAsync(
            new PredictRequest { Model = pipeline.Run.Name, Image = ByteString.CopyFrom(jpeg), IncludeOverlay = true }, cancellationToken: Cancellation);
        (predicted.Width, predicted.Height).ShouldBe((header.Width, header.Height));
        var mask = PalettePng.Decode(predicted.MaskPng.Span, "mask");
        (mask.Width, mask.Height).ShouldBe((header.Width, header.Height));
        predicted.Shares.Select(share => share.Name).ShouldBe(pipeline.Run.Classes);
        predicted.Shares.Sum(share => share.Share).ShouldBe(1, 1e-9);
        foreach (var share in predicted.Shares)
            share.Share.ShouldBe(mask.Pixels.Count(pixel => pixel == share.Index) / (double)mask.Pixels.Length, 1e-9);
        var overlay = ImageCodec.Decode(predicted.OverlayPng.Memory, "overlay");
        (overlay.Width, overlay.Height).ShouldBe((header.Width, header.Height));
    }

    [Fact(Timeout = Patience)]
    public async Task An_image_in_storage_is_predicted_by_its_key()
    {
        var predicted = await _evaluator.PredictAsync(
            new PredictRequest { Model = pipeline.Run.Name, ObjectKey = pipeline.Evaluation.FigureKey }, cancellationToken: Cancellation);
        predicted.Width.ShouldBeGreaterThan(200);
        predicted.OverlayPng.IsEmpty.ShouldBeTrue();
    }

    [Fact(Timeout = Patience)]
    public async Task An_image_that_does_not_decode_is_refused_and_the_next_one_is_not()
    {
        var bad = await _evaluator.PredictAsync(
                new PredictRequest { Model = pipeline.Run.Name, Image = ByteString.CopyFromUtf8("no image at all") }, cancellationToken: Cancellation)
            .ShouldFailAsync(StatusCode.InvalidArgument, "INVALID_FIELD");
        bad.Field().ShouldBe("image");
        bad.Status.Detail.ShouldContain("JPEG");

        var jpeg = ImageCodec.EncodeJpeg(new RgbImage(33, 17, new byte[33 * 17 * 3]), 90);
        var good = await _evaluator.PredictAsync(new PredictRequest { Model = pipeline.Run.Name, Image = ByteString.CopyFrom(jpeg) }, cancellationToken: Cancellation);
        (good.Width, good.Height).ShouldBe((33, 17));
    }

    [Fact(Timeout = Patience)]
    public async Task A_key_without_an_object_is_named() =>
        (await _evaluator.PredictAsync(new PredictRequest { Model = pipeline.Run.Name, ObjectKey = "images/none.jpg" }, cancellationToken: Cancellation)
            .ShouldFailAsync(StatusCode.NotFound, "STORAGE_NOT_FOUND")).Status.Detail.ShouldContain("images/none.jpg");

    [Fact(Timeout = Patience)]
    public async Task A_stream_of_images_is_answered_in_their_order_with_confidence()
    {
        using var stream = _evaluator.PredictStream(cancellationToken: Cancellation);
        for (var i = 0; i < 24; i++)
        {
            var jpeg = ImageCodec.EncodeJpeg(new RgbImage(30 + i, 20, new byte[(30 + i) * 20 * 3]), 90);
            await stream.RequestStream.WriteAsync(new PredictRequest { Model = pipeline.Run.Name, Image = ByteString.CopyFrom(jpeg), IncludeConfidence = true }, Cancellation);
        }

        await stream.RequestStream.CompleteAsync();
        var answers = await stream.ResponseStream.ReadAllAsync(Cancellation).ToListAsync(Cancellation);

        answers.Select(answer => answer.Width).ShouldBe(Enumerable.Range(30, 24));
        var confidence = PalettePng.Decode(answers[0].ConfidencePng.Span, "confidence");
        (confidence.Width, confidence.Height).ShouldBe((30, 20));

        // The likeliest of six classes has at least a sixth.
        confidence.Pixels.ShouldAllBe(value => value >= 255 / 6);
    }

    [Fact(Timeout = Patience)]
    public async Task A_stream_with_an_image_that_does_not_decode_ends_with_its_error()
    {
        using var stream = _evaluator.PredictStream(cancellationToken: Cancellation);
        await stream.RequestStream.WriteAsync(new PredictRequest { Model = pipeline.Run.Name, Image = ByteString.CopyFromUtf8("no image") }, Cancellation);

        var failure = await Should.ThrowAsync<RpcException>(stream.ResponseStream.ReadAllAsync(Cancellation).ToListAsync(Cancellation).AsTask());

        failure.StatusCode.ShouldBe(StatusCode.InvalidArgument);
        failure.Field().ShouldBe("image");
    }
}
