using System.CommandLine;
using System.Globalization;
using System.Numerics;

namespace Maskwright.Cli;

/// <summary>Options that several commands share.</summary>
internal static class CommonOptions
{
    /// <summary>Name under which any command reads <see cref="Endpoint"/>.</summary>
    public const string EndpointName = "--endpoint";

    /// <summary>Name under which any command reads <see cref="Json"/>.</summary>
    public const string JsonName = "--json";

    /// <summary>Where the services are.</summary>
    public static Option<string[]> Endpoint() => new(EndpointName)
    {
        Description = "gRPC address of the service the command talks to, or NAME=URL with datasets, trainer, evaluator or metrics. Can be repeated.",
        HelpName = "URL|NAME=URL",
        Recursive = true,
        Arity = ArgumentArity.OneOrMore,
        AllowMultipleArgumentsPerToken = false,
        DefaultValueFactory = _ => [],
    };

    /// <summary>JSON instead of tables.</summary>
    public static Option<bool> Json() => new(JsonName)
    {
        Description = "Print one JSON document on standard output and nothing else there.",
        Recursive = true,
    };

    /// <summary>Do not wait.</summary>
    public static Option<bool> Detach() => new("--detach")
    {
        Description = "Return as soon as the work is recorded, without waiting for its end.",
    };

    /// <summary>The id of what is created.</summary>
    public static Option<string?> Id(string what) => new("--id")
    {
        Description = $"Id of the {what}: a-z, 0-9 and -, starting with a letter. The service chooses one when it is left out.",
        HelpName = "ID",
    };

    /// <summary>How many to list.</summary>
    public static Option<int?> Limit() => Number<int>("--limit", "N", "List at most this many, newest first; 50 when left out, at most 1,000.");

    /// <summary>An option with a value that may be left out.</summary>
    public static Option<T> Of<T>(string name, string helpName, string description) =>
        new(name) { Description = description, HelpName = helpName };

    /// <summary>An option for a number, which may be left out.</summary>
    /// <param name="name">How it is typed.</param>
    /// <param name="helpName">What stands for the number in the help.</param>
    /// <param name="description">What it does.</param>
    /// <param name="aboveZero">Whether it must be above 0: the services take a 0 as not given.</param>
    public static Option<T?> Number<T>(string name, string helpName, string description, bool aboveZero = false)
        where T : struct, INumber<T> => new(name)
        {
            Description = description,
            HelpName = helpName,
            CustomParser = result =>
            {
                var text = result.Tokens[0].Value;
                if (T.TryParse(text, CultureInfo.InvariantCulture, out var number))
                {
                    if (aboveZero && !(number > T.Zero))
                        result.AddError($"{name} '{text}' is not above 0. Leave it out for the default.");
                    return number;
                }

                var kind = T.IsInteger(T.CreateSaturating(0.5)) ? "whole number" : "number";
                result.AddError($"{name} '{text}' is no {kind} in the range that is possible.");
                return null;
            },
        };
}
