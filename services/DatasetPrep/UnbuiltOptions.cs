using Maskwright.Dataset.V1;
using Maskwright.ServiceDefaults;

namespace Maskwright.DatasetPrep;

/// <summary>Options of the contract that this version does not have.</summary>
internal static class UnbuiltOptions
{
    /// <exception cref="Grpc.Core.RpcException">One of them was asked for (UNIMPLEMENTED).</exception>
    public static void Refuse(PreparationOptions options)
    {
        Refuse(options.Categories.Count > 0, "categories");
        Refuse(options.Match is not (ClassMatch.Unspecified or ClassMatch.Any), "match");
        Refuse(options.MinClassShare != 0, "min_class_share");
        Refuse(options.MinAnnotationArea != 0, "min_annotation_area");
        Refuse(options.MaxImagesPerClass != 0, "max_images_per_class");
        Refuse(options.Split == SplitKind.Source, "split");
        Refuse(options.BadInput is not (BadInputPolicy.Unspecified or BadInputPolicy.Fail), "bad_input");
    }

    private static void Refuse(bool asked, string option)
    {
        if (asked)
            throw RpcErrors.Unimplemented($"dataset.options.{option}", "Leave it out to have the default.");
    }
}
