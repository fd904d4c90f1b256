using System.Reflection;
using Xunit.Sdk;
using Xunit.v3;

namespace Maskwright.MetricsCollector.Tests;

/// <summary>The databases a store can be kept in.</summary>
public enum StoreKind
{
    Sqlite,
    Postgres,
}

/// <summary>Runs a test once with each database.</summary>
public sealed class BothStoresAttribute : DataAttribute
{
    public override ValueTask<IReadOnlyCollection<ITheoryDataRow>> GetData(MethodInfo testMethod, DisposalTracker disposalTracker) =>
        ValueTask.FromResult<IReadOnlyCollection<ITheoryDataRow>>(
            [new TheoryDataRow<StoreKind>(StoreKind.Sqlite), new TheoryDataRow<StoreKind>(StoreKind.Postgres)]);

    public override bool SupportsDiscoveryEnumeration() => true;
}
