using Maskwright.Testing;

namespace Maskwright.ObjectStore.Tests;

/// <summary>Ceph's gateway, which shows that the tests ask for S3 and not for the embedded store.</summary>
public sealed class CephConformanceTests(CephFixture ceph) : ConformanceTests(ceph.Server.Options), IClassFixture<CephFixture>;
