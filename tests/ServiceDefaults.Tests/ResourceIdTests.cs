using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Grpc.Core;

namespace Maskwright.ServiceDefaults.Tests;

public sealed class ResourceIdTests
{
    [Property(MaxTest = 2000)]
    public Property An_id_is_accepted_exactly_when_it_keeps_the_rule()
    {
        var characters = Gen.Elements("aazz09--A_/.\n é".ToCharArray());
        var ids = Gen.Sized(size => characters.ArrayOf(size % 70)).Select(letters => new string(letters));
        // Mostly letters, so that a good share of them is accepted.
        var likely = Gen.Elements("abcxyz0189-".ToCharArray()).ArrayOf().Select(letters => new string(letters));
        return Prop.ForAll(Gen.OneOf(ids, likely).ToArbitrary(), id => IsAccepted(id) == KeepsRule(id));
    }

    [Theory]
    [InlineData("a", true)]
    [InlineData("a-", true)]
    [InlineData("scenes-1", true)]
    [InlineData("", false)]
    [InlineData("-a", false)]
    [InlineData("1a", false)]
    [InlineData("a\n", false)]
    [InlineData("ä", false)]
    [InlineData("a\u0660", false)]
    [InlineData("..", false)]
    public void An_id_takes_letters_digits_and_hyphens(string id, bool accepted) => IsAccepted(id).ShouldBe(accepted);

    [Theory]
    [InlineData(63, true)]
    [InlineData(64, false)]
    public void An_id_has_at_most_63_characters(int length, bool accepted) => IsAccepted(new string('a', length)).ShouldBe(accepted);

    [Fact]
    public void A_name_gives_its_id_and_a_bad_one_names_its_field()
    {
        ResourceId.FromName("datasets", "datasets/scenes-1", "name").ShouldBe("scenes-1");
        foreach (var name in new[] { "", "scenes-1", "datasets", "datasets/", "Datasets/a", "runs/a", "datasets/a/b", "/datasets/a", "datasets/a\n" })
        {
            var exception = Should.Throw<RpcException>(() => ResourceId.FromName("datasets", name, "training_run.dataset"));
            exception.StatusCode.ShouldBe(StatusCode.InvalidArgument);
            exception.GetRpcStatus()!.GetDetail<Google.Rpc.BadRequest>().FieldViolations.Single().Field.ShouldBe("training_run.dataset");
        }
    }

    [Fact]
    public void A_new_id_is_an_id()
    {
        for (int i = 0; i < 100; i++)
            IsAccepted(ResourceId.Create("ds", RunningQueue.Start)).ShouldBeTrue();
        ResourceId.Create("run", new DateTimeOffset(2026, 11, 24, 1, 0, 0, TimeSpan.FromHours(2))).ShouldStartWith("run-20261123-230000-");
    }

    private static bool KeepsRule(string id) =>
        id.Length is >= 1 and <= 63 && id[0] is >= 'a' and <= 'z' && id.All(c => c is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '-');

    private static bool IsAccepted(string id)
    {
        try
        {
            ResourceId.Check(id, "id");
            return true;
        }
        catch (RpcException)
        {
            return false;
        }
    }
}
