using Maskwright.Imaging;

namespace Maskwright.Segmentation.Tests;

public sealed class ShownSamplesTests
{
    [Fact]
    public async Task Samples_are_chosen_so_that_they_show_all_classes_and_always_the_same()
    {
        var split = await SyntheticSplit.BuildAsync(20, 32);

        var chosen = ShownSamples.Choose(split, SyntheticSplit.Classes.Length);

        chosen.Count.ShouldBe(ShownSamples.Most);
        chosen.ShouldBeInOrder();
        chosen.Distinct().Count().ShouldBe(chosen.Count);
        chosen.SelectMany(index => split.Samples[index].Mask.Pixels).ToHashSet().Order().ShouldBe(new byte[] { 0, 1, 2, IndexMask.Ignore });
        ShownSamples.Choose(split, SyntheticSplit.Classes.Length).ShouldBe(chosen);
        ShownSamples.Choose(await SyntheticSplit.BuildAsync(3, 32), SyntheticSplit.Classes.Length).ShouldBe([0, 1, 2]);
    }
}
