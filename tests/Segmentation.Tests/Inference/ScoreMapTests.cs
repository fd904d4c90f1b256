using Maskwright.Imaging;
using static TorchSharp.torch;

namespace Maskwright.Segmentation.Tests;

public sealed class ScoreMapTests
{
    [Theory]
    [InlineData(90, 50)]
    [InlineData(7, 5)]
    [InlineData(16, 12)]
    public void Labels_and_confidence_are_those_of_torch_on_enlarged_scores(int width, int height)
    {
        TorchRuntime.Initialize();
        using var scope = NewDisposeScope();
        using var generator = new Generator(3);
        var scores = randn([1, 4, 12, 16], generator: generator) * 4;

        var labelled = new ScoreGrid(scores.data<float>().ToArray(), 4, Width: 16, Height: 12).Label(width, height, withConfidence: true);

        var enlarged = nn.functional.interpolate(scores, [height, width], mode: InterpolationMode.Bilinear, align_corners: false);
        var probabilities = enlarged.softmax(1).data<float>().ToArray();
        var area = width * height;
        for (var i = 0; i < area; i++)
        {
            // Where two classes are equal but for rounding, either is right: its probability is the highest then.
            var highest = Enumerable.Range(0, 4).Max(c => probabilities[(c * area) + i]);
            probabilities[(labelled.Mask.Pixels[i] * area) + i].ShouldBe(highest, 1e-5f);
            labelled.Confidence[i].ShouldBe(highest, 1e-5f);
        }
    }

    [Fact]
    public void The_highest_class_is_torchs_arg_maximum_and_the_lowest_of_equals()
    {
        TorchRuntime.Initialize();
        using var scope = NewDisposeScope();
        using var generator = new Generator(3);
        var scores = randn([2, 5, 40, 33], generator: generator);

        ScoreMap.HighestOf(scores).ShouldBe(scores.argmax(1).to(ScalarType.Byte).bytes.ToArray());
        ScoreMap.HighestOf(zeros([1, 3, 2, 2])).ShouldBe([0, 0, 0, 0]);
    }

    [Fact]
    public void Cross_entropy_is_torchs()
    {
        TorchRuntime.Initialize();
        using var scope = NewDisposeScope();
        using var generator = new Generator(9);
        var scores = randn([1, 3, 8, 8], generator: generator) * 3;
        var truth = new byte[64];
        new Random(1).NextBytes(truth);
        truth = [.. truth.Select(value => value < 40 ? IndexMask.Ignore : (byte)(value % 3))];
        var grid = new ScoreGrid(scores.data<float>().ToArray(), 3, 8, 8);

        var sum = ScoreMap.CrossEntropy(grid, grid.Label(8, 8, withConfidence: true), new IndexMask(8, 8, truth));

        var target = tensor(truth.Select(value => (long)value).ToArray()).reshape(1, 8, 8);
        sum.ShouldBe(nn.functional.cross_entropy(scores, target, ignore_index: 255, reduction: nn.Reduction.Sum).item<float>(), 1e-3);
    }
}
