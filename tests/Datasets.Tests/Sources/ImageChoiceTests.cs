using FsCheck.Xunit;

namespace Maskwright.Datasets.Tests;

public sealed class ImageChoiceTests
{
    private const int Classes = 3;

    [Fact]
    public void Any_takes_what_shows_a_class_and_all_what_shows_every_class()
    {
        var images = Candidates([], [1], [1, 2, 3], [2, 3]);
        ImageChoice.Choose(images, Classes, new PreparationOptions()).ShouldBe([1, 2, 3]);
        ImageChoice.Choose(images, Classes, new PreparationOptions { Match = ClassMatch.All }).ShouldBe([2]);
    }

    [Fact]
    public void The_rarest_class_chooses_first()
    {
        // Class 3 is in one image only, together with class 1, of which one image may be taken.
        var images = Candidates([1], [1], [1], [1], [1, 3], [2], [2]);
        for (ulong seed = 0; seed < 20; seed++)
        {
            var chosen = ImageChoice.Choose(images, Classes, new PreparationOptions { MaxImagesPerClass = 1, Seed = seed });
            chosen.ShouldContain(4);
            chosen.Count.ShouldBe(2);
        }
    }

    [Property]
    public void At_most_the_images_asked_for_are_taken_of_each_class_and_in_all(byte[][] shows, byte most, ulong seed)
    {
        var images = Candidates([.. shows.Select(list => list.Select(index => (byte)(index % Classes + 1)).Distinct().ToArray())]);
        var options = new PreparationOptions { MaxImagesPerClass = most % 5 + 1, MaxImages = most % 7 + 1, Seed = seed };
        var chosen = ImageChoice.Choose(images, Classes, options);
        chosen.ShouldBeInOrder();
        chosen.Count.ShouldBeLessThanOrEqualTo(options.MaxImages.Value);
        for (byte index = 1; index <= Classes; index++)
            chosen.Count(i => images[i].Shows.Contains(index)).ShouldBeLessThanOrEqualTo(options.MaxImagesPerClass.Value);
    }

    [Property]
    public void The_order_of_the_source_is_of_no_account(byte[] shows, ulong seed)
    {
        var images = Candidates([.. shows.Select(index => new[] { (byte)(index % Classes + 1) })]);
        var options = new PreparationOptions { MaxImagesPerClass = 2, MaxImages = 4, Seed = seed };
        var reversed = images.Reverse().ToList();
        ImageChoice.Choose(reversed, Classes, options).Select(i => reversed[i].Name).Order(StringComparer.Ordinal)
            .ShouldBe(ImageChoice.Choose(images, Classes, options).Select(i => images[i].Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_seed_draws_its_own_images_and_adding_others_changes_no_lot()
    {
        var images = Candidates([.. Enumerable.Repeat(new byte[] { 1 }, 200)]);
        var first = ImageChoice.Choose(images, Classes, new PreparationOptions { MaxImages = 100 });
        ImageChoice.Choose(images, Classes, new PreparationOptions { MaxImages = 100, Seed = 1 }).ShouldNotBe(first);
        var fewer = ImageChoice.Choose([.. images.Take(150)], Classes, new PreparationOptions { MaxImages = 150 });
        fewer.Count.ShouldBe(150);
        first.Where(i => i < 150).ShouldAllBe(i => fewer.Contains(i));
    }

    private static IReadOnlyList<ChoiceCandidate> Candidates(params byte[][] shows) =>
        [.. shows.Select((indices, i) => new ChoiceCandidate($"image-{i}", indices, ClassShare: 0))];
}
