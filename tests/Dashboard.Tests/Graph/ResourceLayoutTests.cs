using Maskwright.Dashboard.Graph;
using Maskwright.Hosting;

namespace Maskwright.Dashboard.Tests.Graph;

public sealed class ResourceLayoutTests
{
    [Fact]
    public void Resources_stand_right_of_what_they_refer_to_and_none_on_another()
    {
        var layout = new ResourceLayout([Resource("cli", "trainer", "storage"), Resource("trainer", "storage"), Resource("storage"), Resource("alone"), Resource("unknown", "nobody")]);
        layout.Edges.Select(edge => (edge.From.Resource.Name, edge.To.Resource.Name)).ShouldBe([("cli", "trainer"), ("cli", "storage"), ("trainer", "storage")], ignoreOrder: true);
        layout.Edges.ShouldAllBe(edge => edge.From.X > edge.To.X);
        layout.Resources.Select(node => (node.X, node.Y)).Distinct().Count().ShouldBe(5);
        layout.Resources.ShouldAllBe(node => node.X + ResourceLayout.NodeWidth <= layout.Width && node.Y + ResourceLayout.NodeHeight <= layout.Height);
    }

    [Fact]
    public void References_in_a_circle_are_drawn() =>
        new ResourceLayout([Resource("a", "b"), Resource("b", "a"), Resource("c", "c")]).Edges.Count.ShouldBe(3);

    [Fact]
    public void Nothing_is_drawn_as_nothing() => new ResourceLayout([]).Resources.ShouldBeEmpty();

    private static ResourceSnapshot Resource(string name, params string[] references) => new()
    {
        Name = name,
        ResourceName = name,
        Type = ResourceType.Project,
        State = ResourceState.Running,
        CreatedAt = DateTimeOffset.UnixEpoch,
        References = references,
    };
}
