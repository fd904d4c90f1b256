using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Maskwright.Segmentation;

/// <summary>Settings that make NVIDIA's libraries quick where every batch has the same size.</summary>
internal static unsafe class CudaSettings
{
    // TorchSharp does not reach this one; the names are those of libtorch's C++ functions.
    private const string Context = "_ZN2at13globalContextEv";
    private const string SetBenchmark = "_ZN2at7Context17setBenchmarkCuDNNEb";
    private const string GetBenchmark = "_ZNK2at7Context14benchmarkCuDNNEv";

    /// <summary>Has cuDNN try its algorithms at the first batch and keep the quickest.</summary>
    /// <remarks>Needs libtorch loaded; without a GPU it is kept and used by nobody.</remarks>
    public static bool Benchmark
    {
        get => ((delegate* unmanaged<nint, byte>)Export(GetBenchmark))(GlobalContext) != 0;
        set => ((delegate* unmanaged<nint, byte, void>)Export(SetBenchmark))(GlobalContext, value ? (byte)1 : (byte)0);
    }

    private static nint GlobalContext => ((delegate* unmanaged<nint>)Export(Context))();

    /// <summary>TF32 for convolutions and products (10 bits of fraction instead of 23; PyTorch's own default for convolutions), and <see cref="Benchmark"/>.</summary>
    public static void Apply()
    {
        backends.cudnn.allow_tf32 = true;
        backends.cuda.matmul.allow_tf32 = true;
        Benchmark = true;
    }

    // The library is in the process already: this only finds it.
    private static nint Export(string name) => NativeLibrary.GetExport(NativeLibrary.Load("libtorch_cpu.so"), name);
}
