using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Maskwright.Segmentation.Networks;
using static TorchSharp.torch;

namespace Maskwright.Segmentation.Tests;

/// <summary>Weights go to the distribution's own torchvision and come back.</summary>
public sealed class TorchvisionTests : IDisposable
{
    private const string Python = "/usr/bin/python3";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("maskwright-torchvision-");

    public static TheoryData<string> Networks => new(NetworkOptions.Names);

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [MemberData(nameof(Networks))]
    public async Task A_file_written_here_loads_strictly_gives_the_same_scores_and_comes_back_to_the_bit(string name)
    {
        await SkipWithoutTorchvision();
        using var scope = NewDisposeScope();
        var description = new ModelDescription
        {
            Network = name,
            Classes = ["background", "a", "b", "c", "d", "e"],
            ImageSize = 64,
            AuxiliaryHead = NetworkOptions.HasAuxiliaryHead(name),
        };
        using var model = new TrainedModel(SegmentationNetwork.Create(description.ToNetworkOptions(), seed: 1), description);
        Formula.Fill(model.Network);
        model.Network.eval();
        var image = Formula.Image(64, 64);
        var written = model.ToFile();
        await File.WriteAllBytesAsync(At("model.safetensors"), written.ToArray(), TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(At("image.f32"), image.bytes.ToArray(), TestContext.Current.CancellationToken);

        var (code, said) = await Run(
            Path.Combine(AppContext.BaseDirectory, "Torchvision", "load.py"), name, At("model.safetensors"), At("image.f32"), At("scores.f32"), At("saved.pth"));
        code.ShouldBe(0, said);

        var theirs = MemoryMarshal.Cast<byte, float>(await File.ReadAllBytesAsync(At("scores.f32"), TestContext.Current.CancellationToken)).ToArray();
        ShouldScore(model.Network, image, theirs);
        var back = PyTorchFile.Read(await File.ReadAllBytesAsync(At("saved.pth"), TestContext.Current.CancellationToken), "saved.pth");
        back.Keys.Order(StringComparer.Ordinal).ShouldBe(written.Tensors.Keys.Order(StringComparer.Ordinal));
        back.Values.Count(tensor => tensor.Data.Span.SequenceEqual(written.Tensors[tensor.Name].Data.Span)).ShouldBe(written.Tensors.Count);
    }

    // Inference mode belongs to a thread, so that no await may lie within it.
    private static void ShouldScore(SegmentationNetwork network, Tensor image, float[] theirs)
    {
        using var inference = inference_mode();
        var ours = network.forward(image).Output.contiguous();
        var difference = (ours.reshape(-1) - tensor(theirs)).abs().max().item<float>();
        difference.ShouldBeLessThan(1e-4f * ours.abs().max().item<float>());
    }

    private static async Task SkipWithoutTorchvision()
    {
        try
        {
            var (code, _) = await Run("-c", "import torch, torchvision");
            Assert.SkipUnless(code == 0, "python3-torch or python3-torchvision is not installed");
        }
        catch (Win32Exception)
        {
            Assert.Skip($"{Python} is not installed");
        }
    }

    private static async Task<(int Code, string Said)> Run(params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(Python, arguments) { RedirectStandardError = true, UseShellExecute = false })!;
        var said = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, said);
    }

    private string At(string name) => Path.Combine(_folder.FullName, name);
}
