using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Logging.Abstractions;

namespace Maskwright.ObjectStore.Tests;

/// <summary>Listing goes by what is remembered of large folders; it has to be what lies in them.</summary>
public sealed class FolderNamesTests
{
    private const int Many = 1500;

    [Fact]
    public void Remembered_entries_follow_every_change()
    {
        using var folder = new TestFolder();
        using var durable = new DurableFolder(folder.Path, fsync: false);
        var root = Path.Combine(durable.Buckets, "bucket");
        Directory.CreateDirectory(root);
        var random = new Random(5);
        var keys = Enumerable.Range(0, Many).Select(i => $"key-{i}").ToHashSet(StringComparer.Ordinal);
        foreach (var key in keys)
            Put(durable, root, key);
        Names(durable, root).ShouldBe(keys.Order(StringComparer.Ordinal));

        for (var i = 0; i < 400; i++)
        {
            var key = $"key-{random.Next(2 * Many)}{(random.Next(4) == 0 ? "/inner" : "")}";
            if (random.Next(2) == 0 ? keys.Add(key) : !keys.Remove(key))
                Put(durable, root, key);
            else
                durable.Remove(root, KeyPath.OfObject(key));
            if (!File.Exists(Path.Combine(root, KeyPath.OfObject(key))))
                keys.Remove(key);
            else
                keys.Add(key);
            if (i % 7 == 0)
                Names(durable, root).ShouldBe(keys.Order(StringComparer.Ordinal));
        }
    }

    [Fact]
    public void The_pages_of_a_listing_are_the_whole_of_it_for_any_keys_prefix_delimiter_and_page_size()
    {
        var segment = Gen.Elements("", "a", "b", "A", "é", "-", ".", "..", new string('x', 63), new string('x', 64), new string('x', 130));
        var keys = segment.NonEmptyListOf().Select(s => string.Join('/', s.Take(4))).Where(k => k.Length > 0).ListOf().Select(k => k.ToHashSet(StringComparer.Ordinal));
        var prefix = Gen.Elements("", "a", "a/", "x", new string('x', 64), "/");
        var cases = from k in keys from p in prefix from d in Gen.Elements("", "/", "x", "a/") from size in Gen.Choose(1, 5) select (Keys: k, Prefix: p, Delimiter: d, Size: size);
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(100), Prop.ForAll(cases.ToArbitrary(), c => PagesAreWhole(c.Keys, c.Prefix, c.Delimiter, c.Size)));
    }

    private static bool PagesAreWhole(HashSet<string> keys, string prefix, string delimiter, int pageSize)
    {
        using var folder = new TestFolder();
        using var durable = new DurableFolder(folder.Path, fsync: false);
        var root = Path.Combine(durable.Buckets, "bucket");
        Directory.CreateDirectory(root);
        foreach (var key in keys)
            Put(durable, root, key);
        var seen = new List<string>();
        for (ListPosition? next = null; ;)
        {
            var page = ObjectLister.Read(durable.Names, new DamagedFiles(NullLogger<DamagedFiles>.Instance), root, new ListQuery(prefix, delimiter, next, pageSize), CancellationToken.None);
            seen.AddRange(page.Objects.Select(o => o.Key).Concat(page.CommonPrefixes).OrderBy(Bytes, StringComparer.Ordinal));
            if ((next = page.Next) is null)
                break;
        }

        // The plain way: every key, folded, in the order of its bytes.
        var expected = keys.Where(k => k.StartsWith(prefix, StringComparison.Ordinal)).Select(Fold).Distinct(StringComparer.Ordinal).OrderBy(Bytes, StringComparer.Ordinal);
        seen.ShouldBe(expected);
        return true;

        string Fold(string key)
        {
            var at = delimiter.Length == 0 ? -1 : key.IndexOf(delimiter, prefix.Length, StringComparison.Ordinal);
            return at < 0 ? key : key[..(at + delimiter.Length)];
        }
    }

    private static string Bytes(string key) => Convert.ToHexString(System.Text.Encoding.UTF8.GetBytes(key));

    private static List<string> Names(DurableFolder folder, string root)
    {
        var walker = new KeyWalker(folder.Names, root, "", null, afterWhole: false);
        var keys = new List<string>();
        while (walker.MoveNext())
            keys.Add(walker.Key);
        return keys;
    }

    private static void Put(DurableFolder folder, string root, string key)
    {
        using var file = new IncomingFile(folder, new Md5Lanes());
        file.Seal(new ObjectRecord { Key = key, Size = 0, ETag = "", LastModified = DateTimeOffset.UnixEpoch, Headers = new ObjectHeaders("", new Dictionary<string, string>()) });
        file.MoveTo(root, KeyPath.OfObject(key));
    }
}
