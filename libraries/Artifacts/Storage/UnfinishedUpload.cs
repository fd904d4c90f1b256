namespace Maskwright.Artifacts;

/// <summary>An upload in parts that was begun and neither completed nor aborted: running, or left behind by a crash.</summary>
/// <param name="Key">The key it would become.</param>
/// <param name="UploadId">The server's id of it.</param>
/// <param name="Initiated">When it was begun, in UTC.</param>
public sealed record UnfinishedUpload(string Key, string UploadId, DateTimeOffset Initiated);
