using Maskwright.Testing;

namespace Maskwright.ObjectStore.Tests;

/// <summary>The embedded store.</summary>
public sealed class EmbeddedConformanceTests(StoreServer server) : ConformanceTests(server.Options), IClassFixture<StoreServer>;
