using System.Text;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;

namespace Maskwright.Datasets.Tests;

public sealed class SplitAssignmentTests
{
    [Fact]
    public void Eight_to_one_to_one_holds_for_many_images()
    {
        var splits = Assign(Enumerable.Range(0, 20_000).Select(Digest), new PreparationOptions());
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
            var before = Assign(Enumerable.Range(0, set.few).Select(Digest), options);
            var after = Assign(Enumerable.Range(-set.added, set.added + set.few).Select(Digest), options);
            return after.Skip(set.added).SequenceEqual(before);
        });
    }

    [Property(MaxTest = 200)]
    public Property No_split_is_empty_from_three_different_files_on(ulong seed) =>
        Prop.ForAll(Gen.Choose(3, 30).ToArbitrary(), count =>
            Assign(Enumerable.Range(0, count).Select(Digest), new PreparationOptions { Seed = seed }).Distinct().Count() == 3);

    [Fact]
    public void Two_files_are_refused_with_the_cure()
    {
        var error = Should.Throw<DatasetException>(() => Assign(["a", "b", "a"], new PreparationOptions()));
        error.Kind.ShouldBe(DatasetFailure.TooFewImages);
        error.Message.ShouldContain("only 2 different image(s)");
        error.Message.ShouldContain("Give more images");
    }

    [Fact]
    public void Identical_files_lie_in_the_same_split()
    {
        string[] digests = [.. Enumerable.Range(0, 200).Select(i => Digest(i % 50))];
        var splits = Assign(digests, new PreparationOptions());
        digests.Zip(splits).GroupBy(pair => pair.First).ShouldAllBe(same => same.Select(pair => pair.Second).Distinct().Count() == 1);
    }

    [Fact]
    public void Another_seed_gives_another_split()
    {
        string[] digests = [.. Enumerable.Range(0, 200).Select(Digest)];
        Assign(digests, new PreparationOptions { Seed = 1 })
            .ShouldNotBe(Assign(digests, new PreparationOptions { Seed = 2 }));
    }

    [Fact]
    public void Stratified_keeps_each_class_within_one_percent_of_the_ratio_above_a_thousand_images()
    {
        // Each class about half as common as the one before, several in one image, the rarest in about 1 of 60.
        var images = Enumerable.Range(0, 3000).Select(i => Candidate(i, Digest(i), [.. Enumerable.Range(1, 5)
            .Where(index => SeededHash.Of(9, "class", $"{i}/{index}") % 128 < 128u >> index).Select(index => (byte)index)])).ToList();
        for (ulong seed = 0; seed < 5; seed++)
        {
            var options = new PreparationOptions { Stratified = true, Seed = seed };
            var split = SplitAssignment.Assign(images, options);
            for (byte index = 1; index <= 5; index++)
            {
                var of = images.Zip(split).Where(pair => pair.First.Classes.Contains(index)).ToList();
                foreach (var (name, ratio) in new[] { ("train", 0.8), ("val", 0.1), ("test", 0.1) })
                    ((double)of.Count(pair => pair.Second == name) / of.Count).ShouldBe(ratio, 0.01, $"class {index}, {name}, {of.Count} images, seed {seed}");
            }

            var moved = split.Zip(SplitAssignment.Assign(images, options with { Stratified = false })).Count(pair => pair.First != pair.Second);
            moved.ShouldBeLessThan(300);
        }
    }

    [Fact]
    public void Stratified_divides_ten_images_of_a_class_eight_to_one_to_one()
    {
        for (ulong seed = 0; seed < 20; seed++)
        {
            var images = Enumerable.Range(0, 400).Select(i => Candidate(i, Digest(i), i < 10 ? [1, 5] : [1])).ToList();
            var split = SplitAssignment.Assign(images, new PreparationOptions { Stratified = true, Seed = seed });
            split.Take(10).CountBy(name => name!).ToDictionary().ShouldBe(new Dictionary<string, int> { ["train"] = 8, ["val"] = 1, ["test"] = 1 }, ignoreOrder: true);
        }
    }

    [Fact]
    public void Stratified_leaves_no_split_empty_and_identical_files_together()
    {
        for (ulong seed = 0; seed < 50; seed++)
        {
            var images = Enumerable.Range(0, 12).Select(i => Candidate(i, Digest(i % 4), [1])).ToList();
            var split = SplitAssignment.Assign(images, new PreparationOptions { Stratified = true, Seed = seed });
            split.Distinct().Count().ShouldBe(3);
            images.Zip(split).GroupBy(pair => pair.First.Sha256).ShouldAllBe(same => same.Select(pair => pair.Second).Distinct().Count() == 1);
        }
    }

    [Fact]
    public void Lists_name_images_by_id_or_file_name_and_leave_the_rest_out() =>
        ByLists(("train", ["0", "image-1"]), ("test", ["3"])).ShouldBe(["train", "train", null, "test"]);

    [Theory]
    [InlineData("9", "neither ids nor file names", "'9' (val)")]
    [InlineData("image-0", "listed by its id and by its name 'image-0'", "train and val")]
    [InlineData(null, "The split val would be empty", "Fill the list")]
    public void Lists_that_contradict_the_images_are_refused(string? name, string problem, string detail)
    {
        var error = Should.Throw<DatasetException>(() => ByLists(("train", ["0"]), ("val", name is null ? [] : [name])));
        error.Message.ShouldContain(problem);
        error.Message.ShouldContain(detail);
    }

    [Fact]
    public void A_source_that_says_nothing_leaves_train_empty_which_is_refused() =>
        Should.Throw<DatasetException>(() => SplitAssignment.Assign([Candidate(0, "a", [1])], new PreparationOptions { Split = SplitKind.Source }))
            .Message.ShouldContain("The split train would be empty");

    [Fact]
    public void Identical_files_in_two_splits_of_the_source_are_refused_by_name()
    {
        SplitCandidate[] images = [Candidate(0, "a", [1]) with { SourceSplit = "train" }, Candidate(1, "a", [1]) with { SourceSplit = "val" }];
        Should.Throw<DatasetException>(() => SplitAssignment.Assign(images, new PreparationOptions { Split = SplitKind.Source }))
            .Message.ShouldContain("image-0 (image 0, train) and image-1 (image 1, val)");
        images[1] = images[1] with { Sha256 = FileDigest.Of("b"u8) };
        SplitAssignment.Assign(images, new PreparationOptions { Split = SplitKind.Source }).ShouldBe(["train", "val"]);
    }

    private static string?[] ByLists(params (string Split, string[] Images)[] lists) => SplitAssignment.Assign(
        [.. Enumerable.Range(0, 4).Select(i => Candidate(i, Digest(i), [1]))],
        new PreparationOptions { Split = SplitKind.Lists, SplitLists = lists.ToDictionary(list => list.Split, IReadOnlyList<string> (list) => list.Images) });

    private static string?[] Assign(IEnumerable<string> digests, PreparationOptions options) =>
        SplitAssignment.Assign([.. digests.Select((digest, i) => Candidate(i, digest, [1]))], options);

    private static SplitCandidate Candidate(long id, string digest, byte[] classes) => new(id, $"image-{id}", FileDigest.Of(Encoding.UTF8.GetBytes(digest)), classes, null);

    private static string Digest(int i) => $"file-{i}";
}
