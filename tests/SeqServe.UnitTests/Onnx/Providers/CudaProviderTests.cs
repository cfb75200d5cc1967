using System.Xml.Linq;
using SeqServe.Core.Backends;
using SeqServe.Onnx;
using SeqServe.Onnx.Providers;
using SeqServe.TestSupport;

namespace SeqServe.UnitTests.Onnx.Providers;

public class CudaProviderTests
{
    [Fact]
    public void Settings_ByDefault_ComputeInSinglePrecisionAndGrowByWhatIsAskedFor() => Assert.Equal(
        new Dictionary<string, string> { ["device_id"] = "0", ["use_tf32"] = "0", ["arena_extend_strategy"] = "kSameAsRequested" },
        CudaProvider.Settings(new CudaOptions()));

    [Fact]
    public void Settings_OfEveryOption_AreThoseOfTheRuntime() => Assert.Equal(
        new Dictionary<string, string>
        {
            ["device_id"] = "3",
            ["use_tf32"] = "1",
            ["arena_extend_strategy"] = "kNextPowerOfTwo",
            ["gpu_mem_limit"] = "4294967296",
        },
        CudaProvider.Settings(new CudaOptions { DeviceId = 3, AllowTf32 = true, ArenaGrowth = ArenaGrowth.PowerOfTwo, MemoryLimit = 4L << 30 }));

    [Theory]
    [InlineData(false, Tolerances.Full)]
    [InlineData(true, Tolerances.Tf32)]
    public void Tolerance_OfReducedPrecision_IsWider(bool allowTf32, float expected) =>
        Assert.Equal(expected, new CudaProvider(() => new OnnxOptions { Cuda = new CudaOptions { AllowTf32 = allowTf32 } }).Tolerance);

    // The managed API is compiled against one of them and runs with the other.
    [Fact]
    public void Packages_OfTheTwoFlavours_HaveTheSameMinorVersion()
    {
        var pins = XDocument.Load(Path.Combine(RepositoryRoot.Folder, "Directory.Packages.props")).Descendants("PackageVersion")
            .ToDictionary(pin => pin.Attribute("Include")!.Value, pin => Version.Parse(pin.Attribute("Version")!.Value.Split('-')[0]));

        var (cpu, gpu) = (pins["Microsoft.ML.OnnxRuntime"], pins["Microsoft.ML.OnnxRuntime.Gpu"]);

        Assert.Equal((cpu.Major, cpu.Minor), (gpu.Major, gpu.Minor));
    }
}
