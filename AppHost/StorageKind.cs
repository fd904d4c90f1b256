namespace Maskwright.AppHost;

/// <summary>Where the artifacts are kept.</summary>
internal enum StorageKind
{
    /// <summary>The store of this project, in the data folder.</summary>
    Embedded,

    /// <summary>A container of an S3 server, with a volume of its own.</summary>
    Container,

    /// <summary>A server that is there already.</summary>
    External,
}
