using System.Runtime.InteropServices;
using System.Text;
using Maskwright.Cli;

Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
using var stopping = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
using var telemetry = Telemetry.Start();
return await CommandLine.RunAsync(args, Terminal.OfProcess(), stopping.Token);

// The first signal ends the command in good order; a second one ends the process.
void Stop(PosixSignalContext signal)
{
    signal.Cancel = !stopping.IsCancellationRequested;
    stopping.Cancel();
}
