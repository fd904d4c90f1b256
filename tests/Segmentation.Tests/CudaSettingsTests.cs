namespace Maskwright.Segmentation.Tests;

public sealed class CudaSettingsTests
{
    [Fact]
    public void Settings_reach_libtorch_also_where_no_GPU_uses_them()
    {
        TorchRuntime.Initialize();
        CudaSettings.Benchmark.ShouldBeFalse();

        CudaSettings.Apply();

        CudaSettings.Benchmark.ShouldBeTrue();
        TorchSharp.torch.backends.cudnn.allow_tf32.ShouldBeTrue();
        TorchSharp.torch.backends.cuda.matmul.allow_tf32.ShouldBeTrue();
        CudaSettings.Benchmark = false;
        CudaSettings.Benchmark.ShouldBeFalse();
    }
}
