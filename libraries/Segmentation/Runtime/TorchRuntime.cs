using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.CompilerServices;
using TorchSharp;

namespace Maskwright.Segmentation;

/// <summary>
/// Readies libtorch for this process: finds the native library also on hosts whose libstdc++ is older than GCC 13's,
/// keeps OpenMP from spinning against neighbours, and sets the number of compute threads.
/// </summary>
/// <remarks>
/// The environment and the library search are prepared when this assembly is first used, before libtorch can be loaded.
/// Loading itself takes about a second and 500 MB of address space and waits for <see cref="Initialize"/>,
/// which every network, training loop and predictor calls.
/// </remarks>
public static class TorchRuntime
{
    private const string CudaLibrary = "libtorch_cuda.so";

    private static readonly Lazy<TorchUnavailableException?> Loading = new(TryLoad, LazyThreadSafetyMode.ExecutionAndPublication);

    /// <summary>Loads libtorch once. The number of threads is <c>MASKWRIGHT_THREADS</c>, or the machine's cores.</summary>
    /// <exception cref="TorchUnavailableException">It cannot be loaded; the message names where it was looked for and the cure.</exception>
    public static void Initialize()
    {
        if (Loading.Value is { } failure)
        {
            throw new TorchUnavailableException(failure.Message, failure);
        }
    }

    /// <summary>What is wrong with a device, as far as it can be known without loading libtorch; null for nothing.</summary>
    /// <param name="name"><c>auto</c>, <c>cpu</c>, <c>cuda</c> or <c>cuda:N</c>.</param>
    public static string? DeviceProblem(string name)
    {
        if (!DeviceName.TryParse(name, out var device))
        {
            return $"Device '{name}' is not known; expected {DeviceName.Expected}.";
        }

        return device.Kind == DeviceKind.Cuda && !HasCudaLibrary()
            ? $"Device '{name}' is not there: this build computes on the CPU only. Use 'cpu' or 'auto', or build with -p:TorchBackend=cuda."
            : null;
    }

    /// <summary>The device that a name stands for, as far as it can be known without loading libtorch.</summary>
    /// <param name="name"><c>auto</c>, <c>cpu</c>, <c>cuda</c> or <c>cuda:N</c>.</param>
    /// <returns><c>cpu</c> or <c>cuda:N</c>; for <c>auto</c> in a build for CUDA its first device.</returns>
    /// <exception cref="FormatException">The name is none of these.</exception>
    public static string DeviceOf(string name)
    {
        if (!DeviceName.TryParse(name, out var device))
        {
            throw new FormatException($"Device '{name}' is not known; expected {DeviceName.Expected}.");
        }

        return device.Kind == DeviceKind.Cuda || (device.Kind == DeviceKind.Auto && HasCudaLibrary())
            ? string.Create(CultureInfo.InvariantCulture, $"cuda:{device.Index}")
            : "cpu";
    }

    /// <summary>Turns <c>auto</c>, <c>cpu</c>, <c>cuda</c> or <c>cuda:N</c> into a device that is there.</summary>
    /// <exception cref="TorchUnavailableException">libtorch cannot be loaded, or the machine has no such device.</exception>
    /// <exception cref="FormatException">The name is none of these.</exception>
    public static torch.Device SelectDevice(string name)
    {
        Initialize();
        if (!DeviceName.TryParse(name, out var device))
        {
            throw new FormatException($"Device '{name}' is not known; expected {DeviceName.Expected}.");
        }

        if (device.Kind == DeviceKind.Cpu || (device.Kind == DeviceKind.Auto && !torch.cuda.is_available()))
        {
            return torch.CPU;
        }

        var count = torch.cuda.is_available() ? torch.cuda.device_count() : 0;
        return device.Index < count
            ? torch.device(DeviceType.CUDA, device.Index)
            : throw new TorchUnavailableException(
                $"Device '{name}' is not there: this machine offers {count} CUDA devices to this build. Use 'cpu' or 'auto', or build with -p:TorchBackend=cuda.");
    }

    [ModuleInitializer]
    [SuppressMessage("Usage", "CA2255:The ModuleInitializer attribute should not be used in libraries",
        Justification = "libgomp reads its environment when it is loaded: this must come before any TorchSharp call, whoever makes it.")]
    internal static void Prepare()
    {
        NativeEnvironment.Prepare();
        TorchSharpLibrary.Register();
    }

    private static bool HasCudaLibrary() => TorchSharpLibrary.SearchFolders().Any(folder => File.Exists(Path.Combine(folder, CudaLibrary)));

    private static TorchUnavailableException? TryLoad()
    {
        if (!NativeEnvironment.TryReadThreads(out var threads))
        {
            return new TorchUnavailableException(string.Create(CultureInfo.InvariantCulture,
                $"{NativeEnvironment.ThreadsVariable} is '{Environment.GetEnvironmentVariable(NativeEnvironment.ThreadsVariable)}'; expected a whole number from 1 to 1024."));
        }

        try
        {
            torch.InitializeDeviceType(DeviceType.CPU);
            if (string.IsNullOrEmpty(Environment.GetEnvironmentVariable("OMP_NUM_THREADS")))
            {
                torch.set_num_threads(threads);
            }

            return null;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return new TorchUnavailableException(
                $"libtorch could not be loaded from {string.Join(", ", TorchSharpLibrary.SearchFolders())}. "
                + "It needs 64-bit Linux (x64) with glibc and the files of the package libtorch-cpu-linux-x64 (or TorchSharp-cuda-linux) beside the program: "
                + $"build or publish the project again, and import Torch.props in a project of your own. The loader said: {e.Message}",
                e);
        }
    }
}
