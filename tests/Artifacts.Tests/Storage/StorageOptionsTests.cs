namespace Maskwright.Artifacts.Tests;

public sealed class StorageOptionsTests
{
    [Fact]
    public void A_connection_string_gives_every_setting()
    {
        var options = StorageOptions.Parse("endpoint=https://s3.example:8443; AccessKey=ak; SecretKey=\"s;k=\"; Bucket=data-1; Region=eu-west-1");
        options.ShouldBe(new StorageOptions { Endpoint = new Uri("https://s3.example:8443"), AccessKey = "ak", SecretKey = "s;k=", Bucket = "data-1", Region = "eu-west-1" });
    }

    [Fact]
    public void Bucket_and_region_have_defaults()
    {
        var options = StorageOptions.Parse("Endpoint=http://127.0.0.1:9000;AccessKey=ak;SecretKey=sk");
        options.Bucket.ShouldBe("maskwright");
        options.Region.ShouldBe("us-east-1");
    }

    [Fact]
    public void The_secret_is_never_shown() =>
        StorageOptions.Parse("Endpoint=http://127.0.0.1:9000;AccessKey=ak;SecretKey=hidden").ToString().ShouldNotContain("hidden");

    [Theory]
    [InlineData("", "no Endpoint")]
    [InlineData("Endpoint=http://h:1;SecretKey=topsecret", "no AccessKey")]
    [InlineData("Endpoint=http://h:1;AccessKey=a", "no SecretKey")]
    [InlineData("Endpoint=127.0.0.1:9000;AccessKey=a;SecretKey=topsecret", "not an http(s) address")]
    [InlineData("Endpoint=ftp://h;AccessKey=a;SecretKey=topsecret", "not an http(s) address")]
    [InlineData("Endpoint=http://h/path;AccessKey=a;SecretKey=topsecret", "not an http(s) address")]
    [InlineData("Endpoint=http://u:topsecret@h;AccessKey=a;SecretKey=s", "not an http(s) address")]
    [InlineData("Endpoint=http://h;AccessKey=a;SecretKey=topsecret;Bucket=No_Bucket", "'No_Bucket' is not valid")]
    [InlineData("Endpoint=http://h;AccessKey=a;SecretKey=topsecret;Bukket=x", "unknown setting 'bukket'")]
    [InlineData("topsecret", "not a list of name=value pairs")]
    [InlineData("Endpoint=http://h;AccessKey=a;SecretKey=\"topsecret", "not a list of name=value pairs")]
    public void What_is_wrong_is_named_without_the_secret(string connectionString, string problem)
    {
        var error = Should.Throw<FormatException>(() => StorageOptions.Parse(connectionString));
        error.Message.ShouldContain(problem);
        error.ToString().ShouldNotContain("topsecret");
    }
}
