using Amazon.Runtime;
using Amazon.S3;
using Maskwright.Artifacts;
using Minio;

namespace Maskwright.Benchmarks.Storage;

/// <summary>The clients that the library could have been built on alone, as peers.</summary>
internal static class SdkClients
{
    public const string MinioName = "Minio 7.0.0, same server";

    public const string AwsName = "AWSSDK.S3 4.1.0, same server";

    public static IMinioClient Minio(StorageOptions options) => new MinioClient()
        .WithEndpoint(options.Endpoint.Authority)
        .WithSSL(false)
        .WithCredentials(options.AccessKey, options.SecretKey)
        .WithRegion(options.Region)
        .Build();

    public static AmazonS3Client Aws(StorageOptions options) => new(options.AccessKey, options.SecretKey, new AmazonS3Config
    {
        ServiceURL = options.Endpoint.ToString(),
        AuthenticationRegion = options.Region,
        ForcePathStyle = true,
        RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
        ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
    });
}
