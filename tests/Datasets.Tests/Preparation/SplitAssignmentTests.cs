using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace Maskwright.Datasets.Tests;

public sealed class SplitAssignmentTests
{
    [Fact]
    public void Eight_to_one_to_one_holds_for_many_images()
    {
        var splits = SplitAssignment.Assign([.. Enumerable.Range(0, 20_000).Select(Digest)], new PreparationOptions());
        splits.Count(split => split == "train").ShouldBeInRange(15_800, 16_200);
        splits.Count(split => split == "val").ShouldBeInRange(1_850, 2_150);
        splits.Count(split => split == "test").ShouldBeInRange(1_850, 2_150);
    }

    [Property(MaxTest = 100)]
    public Property Adding_images_never_moves_the_others(ulong seed)
    {
        // From 150 images on no split needs to borrow with these ratios, whatever the seed (the odds are below 1e-20).
        var sets =
            from few in Gen.Choose(150, 400)
            from added in Gen.Choose(0, 200)
            select (few, added);
        return Prop.ForAll(sets.ToArbitrary(), set =>
        {
            var options = new PreparationOptions { Seed = seed, TrainRatio = 3, ValRatio = 2, TestRatio = 2 };
            var before = SplitAssignment.Assign([.. Enumerable.Range(0, set.few).Select(Digest)], options);
            var after = SplitAssignment.Assign([.. Enumerable.Range(-set.added, set.added + set.few).Select(Digest)], options);
            return after.Skip(set.added).SequenceEqual(before);
        });
    }

    [Property(MaxTest = 200)]
    public Property No_split_is_empty_from_three_different_files_on(ulong seed) =>
        Prop.ForAll(Gen.Choose(3, 30).ToArbitrary(), count =>
            SplitAssignment.Assign([.. Enumerable.Range(0, count).Select(Digest)], new PreparationOptions { Seed = seed }).Distinct().Count() == 3);

    [Fact]
    public void Two_files_are_refused_with_the_cure()
    {
        var error = Should.Throw<DatasetException>(() => SplitAssignment.Assign(["a", "b", "a"], new PreparationOptions()));
        error.Kind.ShouldBe(DatasetFailure.TooFewImages);
        error.Message.ShouldContain("only 2 different image(s)");
        error.Message.ShouldContain("Give more images");
    }

    [Fact]
    public void Identical_files_lie_in_the_same_split()
    {
        string[] digests = [.. Enumerable.Range(0, 200).Select(i => Digest(i % 50))];
        var splits = SplitAssignment.Assign(digests, new PreparationOptions());
        digests.Zip(splits).GroupBy(pair => pair.First).ShouldAllBe(same => same.Select(pair => pair.Second).Distinct().Count() == 1);
    }

    [Fact]
    public void Another_seed_gives_another_split()
    {
        string[] digests = [.. Enumerable.Range(0, 200).Select(Digest)];
        SplitAssignment.Assign(digests, new PreparationOptions { Seed = 1 })
            .ShouldNotBe(SplitAssignment.Assign(digests, new PreparationOptions { Seed = 2 }));
    }

    private static string Digest(int i) => $"file-{i}";
}
