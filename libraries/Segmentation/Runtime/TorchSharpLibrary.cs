using System.Runtime.InteropServices;
using System.Runtime.Loader;
using Microsoft.Win32.SafeHandles;
using TorchSharp;

namespace Maskwright.Segmentation;

/// <summary>
/// Loads <c>libLibTorchSharp.so</c> where the system's libstdc++ is older than the one it was built with.
/// </summary>
/// <remarks>
/// TorchSharp 0.107.0 asks for <c>GLIBCXX_3.4.32</c> (GCC 13) although the only symbol of that version,
/// <c>std::ios_base_library_init</c>, is a marker that nothing calls. With the need marked weak the loader accepts the file.
/// The original is never written to (in a build output it is a link into the package cache): the changed bytes live in an
/// anonymous memory file, so that a read-only folder and several processes starting at once need no care.
/// </remarks>
internal static partial class TorchSharpLibrary
{
    private const string LibraryName = "LibTorchSharp";
    private const string FileName = "libLibTorchSharp.so";
    private const string DependencyFile = "libstdc++.so.6";
    private const string NeededVersion = "GLIBCXX_3.4.32";

    private static readonly string[] Dependencies = ["libc10.so", "libtorch_cpu.so", "libtorch.so"];
    private static readonly Lazy<IntPtr> Patched = new(LoadPatched, LazyThreadSafetyMode.ExecutionAndPublication);

    /// <summary>
    /// Takes part in finding the library: on a system where the file loads as it is, nothing changes;
    /// where it does not, the runtime asks here after its own search has failed.
    /// </summary>
    public static void Register()
    {
        if (!OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture != Architecture.X64)
        {
            return;
        }

        var torchSharp = typeof(torch).Assembly;
        AssemblyLoadContext.GetLoadContext(torchSharp)!.ResolvingUnmanagedDll += static (_, name) =>
            name == LibraryName ? Patched.Value : IntPtr.Zero;

        // Every P/Invoke of TorchSharp asks once: without this each would repeat the search that fails.
        NativeLibrary.SetDllImportResolver(torchSharp, static (name, _, _) =>
            name == LibraryName && Patched.IsValueCreated ? Patched.Value : IntPtr.Zero);
    }

    /// <summary>The folders in which the runtime looks for native libraries, in its order.</summary>
    public static IReadOnlyList<string> SearchFolders()
    {
        var folders = (AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") as string ?? string.Empty)
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Append(AppContext.BaseDirectory);
        return [.. folders.Select(Path.TrimEndingDirectorySeparator).Distinct(StringComparer.Ordinal)];
    }

    /// <summary>The library's bytes with the one need made weak, or null when it has no such strong need.</summary>
    /// <exception cref="InvalidDataException">The file is not the ELF file it should be.</exception>
    internal static byte[]? MakeLoadable(ReadOnlySpan<byte> library)
    {
        var need = ElfVersionNeeds.Read(library)
            .FirstOrDefault(n => n.File == DependencyFile && n.Version == NeededVersion && !n.IsWeak);
        return need is null ? null : ElfVersionNeeds.MakeWeak(library, need);
    }

    /// <summary>True when the libstdc++ loaded into this process defines the version that the library asks for.</summary>
    internal static bool HostProvidesNeededVersion()
    {
        var path = File.ReadLines("/proc/self/maps")
            .Select(line => line.IndexOf('/') is >= 0 and var start ? line[start..] : string.Empty)
            .FirstOrDefault(path => Path.GetFileName(path).StartsWith("libstdc++.so", StringComparison.Ordinal));
        return path is not null && File.ReadAllBytes(path).AsSpan().IndexOf("GLIBCXX_3.4.32\0"u8) >= 0;
    }

    private static IntPtr LoadPatched()
    {
        var path = SearchFolders().Select(folder => Path.Combine(folder, FileName)).FirstOrDefault(File.Exists);
        if (path is null || HostProvidesNeededVersion())
        {
            return IntPtr.Zero;
        }

        var loadable = MakeLoadable(File.ReadAllBytes(path));
        if (loadable is null)
        {
            return IntPtr.Zero;
        }

        // $ORIGIN of a memory file is no folder: what the library needs from beside it must be there already.
        foreach (var dependency in Dependencies)
        {
            var file = SearchFolders().Select(folder => Path.Combine(folder, dependency)).FirstOrDefault(File.Exists);
            if (file is not null)
            {
                NativeLibrary.Load(file);
            }
        }

        return LoadFromMemory(loadable) is var handle && handle != IntPtr.Zero ? handle : LoadFromFile(loadable);
    }

    private static IntPtr LoadFromMemory(byte[] library)
    {
        var descriptor = CreateMemoryFile(FileName, flags: 1);
        if (descriptor < 0)
        {
            return IntPtr.Zero;
        }

        using var file = new SafeFileHandle(descriptor, ownsHandle: true);
        RandomAccess.Write(file, library, 0);
        return NativeLibrary.TryLoad($"/proc/self/fd/{descriptor}", out var handle) ? handle : IntPtr.Zero;
    }

    /// <summary>For kernels that forbid running code from memory files: a private folder, gone again once loaded.</summary>
    private static IntPtr LoadFromFile(byte[] library)
    {
        var folder = Directory.CreateTempSubdirectory("maskwright-torch-");
        try
        {
            var path = Path.Combine(folder.FullName, FileName);
            File.WriteAllBytes(path, library);
            return NativeLibrary.Load(path);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [LibraryImport("libc", EntryPoint = "memfd_create", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int CreateMemoryFile(string name, uint flags);
}
