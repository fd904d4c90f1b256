using System.Collections.Concurrent;
using System.Globalization;
using Maskwright.Artifacts;
using Maskwright.Testing;

namespace Maskwright.ObjectStore.Tests;

/// <summary>Sudden death of the store's process under load.</summary>
public sealed class CrashTests
{
    private const int Deaths = 50;
    private const int Writers = 6;
    private const int Keys = 40;
    private const int LargeBytes = 6 * 1024 * 1024 + 17;
    private const int LongestLifeMilliseconds = 400;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task After_fifty_sudden_deaths_under_load_every_acknowledged_object_is_whole_and_none_is_half()
    {
        var seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper?.WriteLine($"seed {seed}");
        var random = new Random(seed);
        using var folder = new TestFolder();
        // What a key may hold: what was acknowledged last, and what was sent after it and never answered.
        var states = Enumerable.Range(0, Keys).ToDictionary(KeyOf, _ => new KeyState(), StringComparer.Ordinal);
        var acknowledged = 0;
        for (var death = 0; death <= Deaths; death++)
        {
            await using var store = await StoreProcess.StartAsync(folder.Path, Ct, "--ObjectStore:Fsync", "true");
            using var storage = new ObjectStorage(store.Options);
            await storage.EnsureBucketAsync(Ct);
            await CheckAsync(storage, states, $"seed {seed}, after death {death}");
            if (death == Deaths)
                break;

            using var dead = CancellationTokenSource.CreateLinkedTokenSource(Ct);
            var writing = Enumerable.Range(0, Writers).Select(w => WriteAsync(store.Options, states, w, new Random(seed + (death * Writers) + w), dead.Token)).ToList();
            await Task.Delay(random.Next(LongestLifeMilliseconds), Ct);
            await store.KillAsync();
            await dead.CancelAsync();
            acknowledged += (await Task.WhenAll(writing)).Sum();
        }

        acknowledged.ShouldBeGreaterThan(Deaths);
        Directory.EnumerateFileSystemEntries(Path.Combine(folder.Path, "tmp")).ShouldBeEmpty();
    }

    private static string KeyOf(int i) => string.Create(CultureInfo.InvariantCulture, $"crash/{i % 4}/key-{i}");

    // Each writer has keys of its own, and sends one in eight bodies in parts.
    private static async Task<int> WriteAsync(StorageOptions options, Dictionary<string, KeyState> states, int writer, Random random, CancellationToken cancellationToken)
    {
        using var storage = new ObjectStorage(options);
        var keys = Enumerable.Range(0, Keys).Where(i => i % Writers == writer).Select(KeyOf).ToList();
        for (var count = 0; ; count++)
        {
            var body = new byte[random.Next(8) == 0 ? LargeBytes : random.Next(1, 200_000)];
            random.NextBytes(body);
            var state = states[keys[random.Next(keys.Count)]];
            var key = states.First(s => s.Value == state).Key;
            state.Sent.Add(Digest.OfBytes(body));
            try
            {
                if (body.Length == LargeBytes)
                    await PutInPartsAsync(options, key, body, cancellationToken);
                else
                    await storage.PutAsync(key, body, "application/octet-stream", cancellationToken);
            }
            catch (Exception error) when (error is StorageException or OperationCanceledException or HttpRequestException)
            {
                return count;
            }

            state.Sent = [Digest.OfBytes(body)];
            state.IsThere = true;
        }
    }

    private static async Task PutInPartsAsync(StorageOptions options, string key, byte[] body, CancellationToken cancellationToken)
    {
        const int PartBytes = 5 * 1024 * 1024;
        var signer = new SignedRequests(options.Endpoint);
        var path = $"/{options.Bucket}/{key}";
        var begun = await signer.SendAsync("POST", path, query: "uploads", cancellationToken: cancellationToken);
        var id = begun.Body.Split("<UploadId>")[1].Split('<')[0];
        var parts = new ConcurrentDictionary<int, string>();
        await Task.WhenAll(body.Chunk(PartBytes).Select(async (part, index) =>
        {
            var answer = await signer.SendAsync("PUT", path, part, query: $"partNumber={index + 1}&uploadId={id}", cancellationToken: cancellationToken);
            parts[index + 1] = answer.Answer.Headers.ETag!.Tag;
        }));
        var list = string.Concat(parts.OrderBy(p => p.Key).Select(p => $"<Part><PartNumber>{p.Key}</PartNumber><ETag>{p.Value}</ETag></Part>"));
        var done = await signer.SendAsync("POST", path, System.Text.Encoding.UTF8.GetBytes($"<CompleteMultipartUpload>{list}</CompleteMultipartUpload>"), query: $"uploadId={id}", cancellationToken: cancellationToken);
        done.Status.ShouldBe(200, done.Body);
    }

    private static async Task CheckAsync(ObjectStorage storage, Dictionary<string, KeyState> states, string when)
    {
        var listed = (await storage.ListAsync("crash/", Ct).ToListAsync(Ct)).ToDictionary(o => o.Key, StringComparer.Ordinal);
        foreach (var (key, state) in states)
        {
            var body = await storage.TryGetAsync(key, Ct);
            if (body is null)
            {
                state.IsThere.ShouldBeFalse($"{key} was acknowledged and is gone: {when}");
                listed.ShouldNotContainKey(key);
                continue;
            }

            var digest = Digest.OfBytes(body);
            state.Sent.ShouldContain(digest, $"{key} is neither the old object nor the new one: {when}");
            listed[key].Size.ShouldBe(body.Length);
            // What is there now stays until the next one is acknowledged.
            state.Sent = [digest];
            state.IsThere = true;
        }

        listed.Keys.ShouldBeSubsetOf(states.Keys);
    }

    private sealed class KeyState
    {
        internal List<string> Sent { get; set; } = [];

        internal bool IsThere { get; set; }
    }
}
