using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text.Json;
using Polly.Timeout;

namespace Maskwright.Datasets;

/// <summary>Brings one file into a folder of the cache, going on where an earlier transfer of the same content ended.</summary>
/// <param name="client">Speaks to the server.</param>
/// <param name="time">Measures a stall.</param>
/// <param name="url">Where the file is.</param>
/// <param name="folder">The file's folder in the cache.</param>
internal sealed class Transfer(HttpClient client, TimeProvider time, Uri url, string folder)
{
    /// <summary>Room on the disk that a download leaves to others.</summary>
    public const long SpareBytes = 512L << 20;

    /// <summary>The largest file taken.</summary>
    public const long MaxBytes = 256L << 30;

    private const int BlockSize = 1 << 17;
    private static readonly TimeSpan Stall = TimeSpan.FromSeconds(60);

    private readonly string _partial = Path.Combine(folder, "partial");
    private readonly string _state = Path.Combine(folder, "state.json");

    /// <summary>What to call the file in a message: its address without what may be secret in it.</summary>
    public string Name { get; } = url.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);

    /// <summary>Where the file is once it is whole.</summary>
    public string Whole { get; } = Path.Combine(folder, "content");

    /// <summary>Asks the server once, and takes as much as it gives.</summary>
    /// <param name="progress">Told the bytes there are and the bytes of the whole; 0 when that is not known.</param>
    /// <param name="cancellationToken">Ends the transfer; what has come stays.</param>
    /// <returns>The whole file, not yet checked against a digest.</returns>
    /// <exception cref="TransferBrokenException">It broke off; call again.</exception>
    /// <exception cref="DatasetException">The server has no such file, or there is no room.</exception>
    public async Task<FileInfo> RunAsync(Action<long, long> progress, CancellationToken cancellationToken)
    {
        var known = await ReadStateAsync(cancellationToken);
        var have = known is { CanResume: true } && File.Exists(_partial) ? new FileInfo(_partial).Length : 0;
        using var request = Request(known, have);
        try
        {
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            if (response.StatusCode == HttpStatusCode.NotModified && File.Exists(Whole))
                return new FileInfo(Whole);
            if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
            {
                File.Delete(_partial);
                throw new TransferBrokenException($"{Name} has fewer bytes than were fetched before");
            }

            if (!response.IsSuccessStatusCode)
                throw Refused(response);
            var state = Describe(response);
            var resumes = response.StatusCode == HttpStatusCode.PartialContent;
            if (resumes && !ContinuesAt(response, have, known, state))
            {
                File.Delete(_partial);
                throw new TransferBrokenException($"{Name} was changed while it was being fetched");
            }

            have = resumes ? have : 0;
            if (File.Exists(Whole))
            {
                // Without tag and time the length is all there is to compare.
                if (!state.CanResume && state.Length == new FileInfo(Whole).Length)
                    return new FileInfo(Whole);
                File.Delete(Whole);
            }

            CheckRoom(state.Length, have);
            await File.WriteAllBytesAsync(_state, JsonSerializer.SerializeToUtf8Bytes(state, DownloadJson.Default.DownloadState), cancellationToken);
            await ReceiveAsync(response, have, state.Length, progress, cancellationToken);
        }
        catch (Exception error) when (error is HttpRequestException or HttpIOException or TimeoutRejectedException or IOException { InnerException: SocketException })
        {
            throw new TransferBrokenException($"{Name}: {error.Message}", error);
        }

        return new FileInfo(_partial);
    }

    /// <summary>Makes a whole file the cached one.</summary>
    public void Keep() => File.Move(_partial, Whole, overwrite: true);

    /// <summary>Forgets all that is there.</summary>
    public void Forget()
    {
        File.Delete(_partial);
        File.Delete(_state);
        File.Delete(Whole);
    }

    private HttpRequestMessage Request(DownloadState? known, long have)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, url);
        if (have > 0)
        {
            request.Headers.Range = new RangeHeaderValue(have, null);
            request.Headers.IfRange = known!.ETag is { } tag
                ? new RangeConditionHeaderValue(new EntityTagHeaderValue(tag))
                : new RangeConditionHeaderValue(known.LastModified!.Value);
        }
        else if (File.Exists(Whole) && known is { CanResume: true })
        {
            if (known.ETag is { } tag)
                request.Headers.IfNoneMatch.Add(new EntityTagHeaderValue(tag));
            request.Headers.IfModifiedSince = known.LastModified;
        }

        return request;
    }

    private DownloadState Describe(HttpResponseMessage response) => new(
        Name,
        response.Headers.ETag is { IsWeak: false } tag ? tag.Tag : null,
        response.Content.Headers.LastModified,
        response.StatusCode == HttpStatusCode.PartialContent
            ? response.Content.Headers.ContentRange?.Length
            : response.Content.Headers.ContentLength);

    // A server that ignores If-Range could otherwise join two contents into one file.
    private static bool ContinuesAt(HttpResponseMessage response, long have, DownloadState? known, DownloadState now) =>
        response.Content.Headers.ContentRange is { From: { } from }
        && from == have
        && (known!.ETag is null || now.ETag is null || known.ETag == now.ETag)
        && (known.Length is null || now.Length is null || known.Length == now.Length);

    private async Task ReceiveAsync(HttpResponseMessage response, long have, long? total, Action<long, long> progress, CancellationToken cancellationToken)
    {
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        await using var file = new FileStream(_partial, have > 0 ? FileMode.Append : FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0, useAsync: true);
        using var stalled = new CancellationTokenSource(Stall, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, stalled.Token);
        var block = new byte[BlockSize];
        progress(have, total ?? 0);
        while (true)
        {
            int read;
            try
            {
                stalled.CancelAfter(Stall);
                read = await body.ReadAsync(block, either.Token);
            }
            catch (OperationCanceledException) when (stalled.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
            {
                throw new TransferBrokenException($"{Name} sent nothing for {Stall.TotalSeconds:0} s");
            }

            if (read == 0)
                break;
            have += read;
            if (have > (total ?? MaxBytes))
                throw new DatasetException(DatasetFailure.BadSource, $"{Name} sent more than the {total ?? MaxBytes} bytes {(total is null ? "that are taken" : "it had stated")}.");
            await file.WriteAsync(block.AsMemory(0, read), cancellationToken);
            progress(have, total ?? 0);
        }

        if (total is not null && have < total)
            throw new TransferBrokenException($"{Name} ended after {have} of {total} bytes");
    }

    private void CheckRoom(long? length, long have)
    {
        if (length > MaxBytes)
            throw new DatasetException(DatasetFailure.BadSource, $"{Name} has {length} bytes, at most {MaxBytes} are taken.");
        var free = new DriveInfo(Path.GetFullPath(folder)).AvailableFreeSpace;
        if (length - have > free - SpareBytes)
            throw new DatasetException(DatasetFailure.BadSource, $"{Name} needs {length - have} bytes more, and {folder} has {free} free, of which {SpareBytes} stay free. Make room, or put the cache elsewhere.");
    }

    private DatasetException Refused(HttpResponseMessage response) => new(
        DatasetFailure.SourceNotFound,
        $"{Name} was answered with {(int)response.StatusCode} {response.ReasonPhrase}. Correct the URL, or fetch the file yourself and give its path.");

    private async Task<DownloadState?> ReadStateAsync(CancellationToken cancellationToken)
    {
        try
        {
            return File.Exists(_state)
                ? JsonSerializer.Deserialize(await File.ReadAllBytesAsync(_state, cancellationToken), DownloadJson.Default.DownloadState)
                : null;
        }
        catch (JsonException)
        {
            // Half-written when the process was killed: then nothing is known, and the file is fetched anew.
            return null;
        }
    }
}
