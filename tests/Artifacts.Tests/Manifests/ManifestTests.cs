using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using FsCheck;
using FsCheck.Xunit;
using Maskwright.Testing;

namespace Maskwright.Artifacts.Tests;

public sealed partial class ManifestTests(StoreServer server) : IClassFixture<StoreServer>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public void Canonical_json_orders_properties_at_every_level_and_has_one_form()
    {
        var value = new Sample { Version = 1, Zeta = "ü\"<日本", Alpha = new Dictionary<string, int> { ["b"] = 2, ["B"] = 1, ["a"] = 0 }, Number = 0.1 };
        Encoding.UTF8.GetString(CanonicalJson.Serialize(value, Json.Default.Sample)).ShouldBe("""
            {
              "alpha": {
                "B": 1,
                "a": 0,
                "b": 2
              },
              "number": 0.1,
              "version": 1,
              "zeta": "ü\"<日本"
            }

            """.ReplaceLineEndings("\n"));
    }

    [Fact]
    public void Only_what_JSON_wants_escaped_is_escaped()
    {
        var value = new Sample { Version = 1, Zeta = "🦀 \u0378\ue000<>&'+/\u007f \" \\ \b\t\n\f\r\u001f" };
        Encoding.UTF8.GetString(CanonicalJson.Serialize(value, Json.Default.Sample)).ShouldContain(
            "\"zeta\": \"🦀 \u0378\ue000<>&'+/\u007f \\\" \\\\ \\b\\t\\n\\f\\r\\u001f\"");
    }

    [Property]
    public bool What_was_written_reads_back_and_is_written_the_same(NonNull<string> text, Dictionary<NonNull<string>, int> map, NormalFloat number)
    {
        var value = new Sample { Version = 1, Zeta = Valid(text.Get), Alpha = map.GroupBy(p => Valid(p.Key.Get)).ToDictionary(g => g.Key, g => g.First().Value), Number = number.Get };
        var bytes = CanonicalJson.Serialize(value, Json.Default.Sample);
        var read = JsonSerializer.Deserialize(bytes, Json.Default.Sample)!;
        return read.Zeta == value.Zeta && read.Number.Equals(value.Number) && read.Alpha.OrderBy(p => p.Key).SequenceEqual(value.Alpha.OrderBy(p => p.Key))
            && CanonicalJson.Serialize(read with { Alpha = read.Alpha.Reverse().ToDictionary() }, Json.Default.Sample).AsSpan().SequenceEqual(bytes);
    }

    [Fact]
    public async Task A_manifest_comes_back_and_its_digest_is_that_of_its_bytes()
    {
        using var storage = await server.OpenAsync();
        var store = new ManifestStore(storage);
        var manifest = new Sample { Version = 1, Zeta = "z" };
        var digest = await store.CommitAsync("m/1.json", manifest, Json.Default.Sample, Ct);

        digest.ShouldBe(Digest.OfBytes(await storage.GetAsync("m/1.json", Ct)));
        (await store.ReadAsync("m/1.json", Json.Default.Sample, 1, Ct)).Zeta.ShouldBe("z");
        (await store.TryReadAsync("m/none.json", Json.Default.Sample, 1, Ct)).ShouldBeNull();
    }

    [Fact]
    public async Task Of_two_committers_one_wins_and_the_other_learns_so()
    {
        using var storage = await server.OpenAsync();
        var store = new ManifestStore(storage);
        var first = new Sample { Version = 1, Zeta = "first" };
        var digest = await store.CommitAsync("m/2.json", first, Json.Default.Sample, Ct);
        (await Should.ThrowAsync<StorageException>(() => store.CommitAsync("m/2.json", first with { Zeta = "second" }, Json.Default.Sample, Ct))).Kind.ShouldBe(StorageFailure.PreconditionFailed);
        (await store.CommitAsync("m/2.json", first, Json.Default.Sample, Ct)).ShouldBe(digest);
        (await store.ReadAsync("m/2.json", Json.Default.Sample, 1, Ct)).Zeta.ShouldBe("first");
    }

    [Theory]
    [InlineData("{\"version\": 2, \"zeta\": \"z\"}", "version 2")]
    [InlineData("{\"version\": 0, \"zeta\": \"z\"}", "version 0")]
    [InlineData("{\"zeta\": \"z\"}", "no number 'version'")]
    [InlineData("[1]", "no number 'version'")]
    [InlineData("{\"version\": 1}", "not a Sample")]
    [InlineData("{\"version\": 1, ", "not JSON")]
    [InlineData("", "not JSON")]
    public async Task What_is_no_manifest_of_a_known_version_is_refused(string json, string problem)
    {
        using var storage = await server.OpenAsync();
        await storage.PutAsync("m/bad.json", Encoding.UTF8.GetBytes(json), "application/json", Ct);
        var error = await Should.ThrowAsync<ArtifactException>(() => new ManifestStore(storage).ReadAsync("m/bad.json", Json.Default.Sample, 1, Ct));
        error.Message.ShouldContain("m/bad.json");
        error.Message.ShouldContain(problem);
    }

    [Fact]
    public async Task An_object_that_is_not_what_its_entry_says_is_named_and_never_given_out()
    {
        using var storage = await server.OpenAsync();
        var entry = await storage.PutAsync("d/x.bin", "content"u8.ToArray(), "application/octet-stream", Ct);
        (await storage.GetArtifactAsync(entry, Ct)).ShouldBe("content"u8.ToArray());

        var folder = Directory.CreateTempSubdirectory("maskwright-artifacts-").FullName;
        try
        {
            var path = Path.Combine(folder, "x.bin");
            await storage.DownloadArtifactAsync(entry, path, Ct);
            (await storage.PutFileAsync("d/y.bin", path, "application/octet-stream", Ct)).ShouldBe(entry with { Key = "d/y.bin" });

            await storage.PutAsync("d/x.bin", "c0ntent"u8.ToArray(), "application/octet-stream", Ct);
            (await Should.ThrowAsync<ArtifactException>(() => storage.GetArtifactAsync(entry, Ct))).Artifact.ShouldBe("d/x.bin");
            await Should.ThrowAsync<ArtifactException>(() => storage.DownloadArtifactAsync(entry, Path.Combine(folder, "z.bin"), Ct));
            Directory.EnumerateFiles(folder).ShouldBe([path]);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // Half of a surrogate pair is no text.
    private static string Valid(string text) => string.Concat(text.EnumerateRunes());

    internal sealed record Sample
    {
        public required int Version { get; init; }

        public required string Zeta { get; init; }

        public IReadOnlyDictionary<string, int> Alpha { get; init; } = new Dictionary<string, int>();

        public double Number { get; init; }
    }

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
    [JsonSerializable(typeof(Sample))]
    internal sealed partial class Json : JsonSerializerContext;
}
