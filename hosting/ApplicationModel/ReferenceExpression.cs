using System.Runtime.CompilerServices;
using System.Text;

namespace Aspire.Hosting.ApplicationModel;

/// <summary>A text put together from literals and from values that are known only once the application starts.</summary>
public sealed class ReferenceExpression : IValueProvider, IManifestExpressionProvider
{
    private readonly IReadOnlyList<object> _parts;

    private ReferenceExpression(IReadOnlyList<object> parts) => _parts = parts;

    /// <inheritdoc/>
    public string ValueExpression => string.Concat(_parts.Select(part => part is IManifestExpressionProvider provider ? provider.ValueExpression : (string)part));

    /// <summary>Literals and values, in order.</summary>
    internal IReadOnlyList<object> Parts => _parts;

    /// <summary>The values it refers to, in order.</summary>
    public IReadOnlyList<IValueProvider> ValueProviders => [.. _parts.OfType<IValueProvider>()];

    /// <summary>Makes an expression from an interpolated string whose holes are endpoints, parameters and the like.</summary>
    /// <param name="handler">The interpolated string, for example <c>$"Endpoint={storage.GetEndpoint("http")}"</c>.</param>
    /// <returns>The unresolved expression.</returns>
    public static ReferenceExpression Create(in ExpressionInterpolatedStringHandler handler) => new(handler.Parts);

    /// <inheritdoc/>
    public async ValueTask<string?> GetValueAsync(CancellationToken cancellationToken = default)
    {
        var text = new StringBuilder();
        foreach (var part in _parts)
            text.Append(part is IValueProvider provider ? await provider.GetValueAsync(cancellationToken) : (string)part);
        return text.ToString();
    }

    /// <summary>Collects the parts of the interpolated string given to <see cref="Create"/>.</summary>
    [InterpolatedStringHandler]
    public readonly ref struct ExpressionInterpolatedStringHandler
    {
        private readonly List<object> _parts;

        /// <summary>Called by the compiler.</summary>
        /// <param name="literalLength">Length of all literals, in characters.</param>
        /// <param name="formattedCount">Number of holes.</param>
        public ExpressionInterpolatedStringHandler(int literalLength, int formattedCount)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(literalLength);
            _parts = new List<object>(formattedCount * 2 + 1);
        }

        internal IReadOnlyList<object> Parts => _parts;

        /// <summary>Adds a literal.</summary>
        /// <param name="value">The text.</param>
        public void AppendLiteral(string value) => _parts.Add(value);

        /// <summary>Adds a text that is known already.</summary>
        /// <param name="value">The text; null adds nothing.</param>
        public void AppendFormatted(string? value)
        {
            if (value is not null)
                _parts.Add(value);
        }

        /// <summary>Adds a value that is known later.</summary>
        /// <typeparam name="T">Kind of value.</typeparam>
        /// <param name="valueProvider">The value.</param>
        public void AppendFormatted<T>(T valueProvider)
            where T : IValueProvider, IManifestExpressionProvider => _parts.Add(valueProvider);

        /// <summary>Adds the value of a resource, for example of a parameter.</summary>
        /// <typeparam name="T">Kind of resource.</typeparam>
        /// <param name="valueProvider">The resource.</param>
        public void AppendFormatted<T>(IResourceBuilder<T> valueProvider)
            where T : IResource, IValueProvider, IManifestExpressionProvider => _parts.Add(valueProvider.Resource);
    }
}
