using System.Runtime.InteropServices;

namespace Maskwright.Hosting;

/// <summary>Ctrl-C, SIGTERM and a closed terminal ask the application to stop; a second one asks it to hurry.</summary>
internal sealed class StopRequests : IDisposable
{
    /// <summary>
    /// One wish to stop may come as two signals, for instance to the process and to its whole group: a second one counts as
    /// impatience only after this time.
    /// </summary>
    private static readonly TimeSpan OneWish = TimeSpan.FromSeconds(1);

    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _hurry = new();
    private readonly List<IDisposable> _registrations = [];

    private long _firstSignal;

    public StopRequests(bool handleSignals, TimeProvider time, CancellationToken cancellationToken)
    {
        _time = time;
        _registrations.Add(cancellationToken.Register(Request));
        if (!handleSignals)
            return;
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal));
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal));
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGQUIT, OnSignal));
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGHUP, OnSignal));
    }

    public CancellationToken Stop => _stop.Token;

    public CancellationToken Hurry => _hurry.Token;

    public void Request() => _stop.Cancel();

    public void Dispose()
    {
        foreach (var registration in _registrations)
            registration.Dispose();
        _stop.Dispose();
        _hurry.Dispose();
    }

    private void OnSignal(PosixSignalContext context)
    {
        context.Cancel = true;
        if (Interlocked.CompareExchange(ref _firstSignal, _time.GetTimestamp(), 0) == 0)
            _stop.Cancel();
        else if (_time.GetElapsedTime(Interlocked.Read(ref _firstSignal)) > OneWish)
            _hurry.Cancel();
    }
}
