using System.CommandLine;
using Maskwright.Evaluation.V1;

namespace Maskwright.Cli;

/// <summary><c>maskwright compare</c></summary>
internal static class CompareCommand
{
    public static Command Create(Terminal terminal)
    {
        var names = new Argument<string[]>("EVALUATION")
        {
            Description = "evaluations/ID of two to ten finished evaluations, or only the IDs. The others are held against the first.",
            Arity = new ArgumentArity(2, 10),
        };
        return new DocumentedCommand("compare", "Say which of several models is better on the same images, and how sure that is.", """
            Images are drawn anew a thousand times, the same for both (paired bootstrap): "better" and "worse" mean that 95% of
            the drawings lie on one side.

            Example:
              maskwright compare evaluations/BASELINE evaluations/NEW
            """)
        {
            names,
        }.Does(terminal, async (call, cancellationToken) =>
        {
            var asked = call.Options.GetValue(names)!.Select(name => ResourceName.Full(ResourceName.Evaluations, name));
            var compared = await call.Services.Evaluator.CompareEvaluationsAsync(
                new CompareEvaluationsRequest { Names = { asked } }, call.Services.Once(cancellationToken));
            call.Write(compared, () => ComparisonView.Show(call.Terminal, asked.First(), compared));
            return ExitCode.Ok;
        });
    }
}
