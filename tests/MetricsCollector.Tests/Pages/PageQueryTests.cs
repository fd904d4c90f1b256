using Maskwright.PageDefaults.Live;
using Microsoft.AspNetCore.Components;

namespace Maskwright.MetricsCollector.Tests.Pages;

/// <summary>Changes of an address that a browser confirms later.</summary>
public sealed class PageQueryTests
{
    [Fact]
    public void What_is_changed_before_the_browser_has_confirmed_comes_on_top()
    {
        var browser = new SlowBrowser("http://host/runs?q=words");
        using var query = new PageQuery(browser);
        query.Set("sort", "id");
        query.Set("page", 2);
        query.Set("q", "");
        browser.Asked.ShouldBe(["http://host/runs?q=words&sort=id", "http://host/runs?q=words&sort=id&page=2", "http://host/runs?sort=id&page=2"]);

        // Two are confirmed: the third is still on its way.
        browser.Confirm(2);
        query.Set("group", "state");
        browser.Asked[^1].ShouldBe("http://host/runs?sort=id&page=2&group=state");
        browser.Confirm(2);
        browser.Uri.ShouldBe(browser.Asked[^1]);
    }

    [Fact]
    public void Once_all_is_confirmed_the_address_is_what_counts()
    {
        var browser = new SlowBrowser("http://host/runs");
        using var query = new PageQuery(browser);
        query.Set("sort", "id");
        browser.Confirm(1);
        browser.Go("http://host/runs?sort=state");
        query.Set(new Dictionary<string, object?> { ["select"] = (string[])["a", "b"], ["sort"] = null });
        browser.Asked[^1].ShouldBe("http://host/runs?select=a&select=b");
        query.Set("select", Array.Empty<string>());
        browser.Asked[^1].ShouldBe("http://host/runs");
    }

    [Fact]
    public void Another_page_takes_nothing_over()
    {
        var browser = new SlowBrowser("http://host/runs");
        using var query = new PageQuery(browser);
        query.Set("sort", "id");
        query.Set("page", 2);
        browser.Go("http://host/compare?run=a");
        query.Set("tab", "options");
        browser.Asked[^1].ShouldBe("http://host/compare?run=a&tab=options");
    }

    /// <summary>A browser that goes where it is sent when it is told to.</summary>
    private sealed class SlowBrowser : NavigationManager
    {
        private int _confirmed;

        public SlowBrowser(string uri) => Initialize("http://host/", uri);

        public List<string> Asked { get; } = [];

        public void Confirm(int count)
        {
            for (var i = 0; i < count; i++)
                Go(Asked[_confirmed++]);
        }

        public void Go(string uri)
        {
            Uri = uri;
            NotifyLocationChanged(isInterceptedLink: false);
        }

        protected override void NavigateToCore(string uri, NavigationOptions options) => Asked.Add(uri);
    }
}
