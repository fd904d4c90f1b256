using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Aspire.Hosting;
using Aspire.Hosting.ApplicationModel;

namespace Maskwright.Hosting;

/// <summary>
/// Gives out loopback ports. Each is held by a listening socket until its resource is about to start, so that neither
/// another AppHost nor another resource gets it meanwhile. Free ports are drawn from below the range that systems take
/// the ports of outgoing connections from, so that no such connection slips in between.
/// </summary>
internal sealed class PortReservations : IDisposable
{
    private const int FirstPort = 20_000;
    private const int LastPort = 32_000;
    private const int Attempts = 200;

    private readonly Dictionary<IResource, List<Socket>> _held = [];

    /// <summary>Gives every endpoint of a resource its port.</summary>
    /// <exception cref="DistributedApplicationException">A port that was asked for is in use.</exception>
    public void Reserve(IResource resource)
    {
        foreach (var endpoint in resource.Annotations.OfType<EndpointAnnotation>())
        {
            var socket = (endpoint.Port ?? endpoint.TargetPort) is { } wanted ? Hold(resource, endpoint, wanted) : HoldAny(resource, endpoint);
            if (!_held.TryGetValue(resource, out var sockets))
                _held[resource] = sockets = [];
            sockets.Add(socket);
            endpoint.AllocatedPort = ((IPEndPoint)socket.LocalEndPoint!).Port;
        }
    }

    /// <summary>Lets go of a resource's ports, for its process to take.</summary>
    public void Release(IResource resource)
    {
        lock (_held)
        {
            if (!_held.Remove(resource, out var sockets))
                return;
            foreach (var socket in sockets)
                socket.Dispose();
        }
    }

    public void Dispose()
    {
        foreach (var resource in _held.Keys.ToArray())
            Release(resource);
    }

    private static Socket Hold(IResource resource, EndpointAnnotation endpoint, int port)
    {
        try
        {
            return Listen(port);
        }
        catch (SocketException failure) when (failure.SocketErrorCode is SocketError.AddressAlreadyInUse)
        {
            throw new DistributedApplicationException(
                $"Port {port}, which endpoint '{endpoint.Name}' of resource '{resource.Name}' asks for, is in use by another program. Stop that program, or give the endpoint another port (or none, for a free one).",
                failure);
        }
        catch (SocketException failure) when (failure.SocketErrorCode is SocketError.AccessDenied)
        {
            throw new DistributedApplicationException(
                $"Port {port}, which endpoint '{endpoint.Name}' of resource '{resource.Name}' asks for, is not open to this user. Give the endpoint a port above 1023 (or none, for a free one).",
                failure);
        }
    }

    private static Socket HoldAny(IResource resource, EndpointAnnotation endpoint)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            try
            {
                return Listen(attempt == 0 && endpoint.PreferredPort is { } preferred ? preferred : RandomNumberGenerator.GetInt32(FirstPort, LastPort));
            }
            catch (SocketException failure) when (failure.SocketErrorCode is SocketError.AddressAlreadyInUse or SocketError.AccessDenied)
            {
                continue;
            }
        }

        throw new DistributedApplicationException(
            $"No free port between {FirstPort} and {LastPort} for endpoint '{endpoint.Name}' of resource '{resource.Name}' after {Attempts} tries. Stop programs that listen there, or give the endpoint a port.");
    }

    private static Socket Listen(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            socket.Listen(1);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
