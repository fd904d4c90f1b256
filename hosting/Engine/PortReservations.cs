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

    private readonly Dictionary<(IResource Resource, int Replica), List<Socket>> _held = [];

    /// <summary>
    /// Gives every endpoint of a replica its port. A replica that had its ports before gets the same ones again, because others
    /// were told them.
    /// </summary>
    /// <exception cref="DistributedApplicationException">A port that was asked for, or was given before, is in use.</exception>
    public void Reserve(IResource resource, int replica = 0)
    {
        lock (_held)
        {
            if (_held.ContainsKey((resource, replica)))
                return;
            List<Socket> sockets = [];
            try
            {
                foreach (var endpoint in resource.Annotations.OfType<EndpointAnnotation>())
                {
                    sockets.Add(Hold(resource, endpoint, replica));
                    endpoint.AllocatedPorts[replica] = ((IPEndPoint)sockets[^1].LocalEndPoint!).Port;
                }
            }
            catch
            {
                sockets.ForEach(socket => socket.Dispose());
                throw;
            }

            _held[(resource, replica)] = sockets;
        }
    }

    /// <summary>Lets go of a replica's ports, for its process to take.</summary>
    public void Release(IResource resource, int replica = 0)
    {
        lock (_held)
        {
            if (!_held.Remove((resource, replica), out var sockets))
                return;
            sockets.ForEach(socket => socket.Dispose());
        }
    }

    public void Dispose()
    {
        foreach (var (resource, replica) in _held.Keys.ToArray())
            Release(resource, replica);
    }

    private static Socket Hold(IResource resource, EndpointAnnotation endpoint, int replica)
    {
        if (endpoint.AllocatedPorts.TryGetValue(replica, out var given))
            return Hold(resource, endpoint, given, "was given");
        // A container's target port is a port inside of it.
        var wanted = endpoint.Port ?? (resource is ContainerResource ? null : endpoint.TargetPort);
        if (wanted is null)
            return HoldAny(resource, endpoint, replica == 0 ? endpoint.PreferredPort : null);
        if (replica > 0)
        {
            throw new DistributedApplicationException(
                $"Port {wanted}, which endpoint '{endpoint.Name}' of resource '{resource.Name}' asks for, cannot be the port of more than one replica: the embedded engine has no proxy. Leave the port out, or have one replica.");
        }

        return Hold(resource, endpoint, wanted.Value, "asks for");
    }

    private static Socket Hold(IResource resource, EndpointAnnotation endpoint, int port, string claim)
    {
        try
        {
            return Listen(port);
        }
        catch (SocketException failure) when (failure.SocketErrorCode is SocketError.AddressAlreadyInUse)
        {
            throw new DistributedApplicationException(
                $"Port {port}, which endpoint '{endpoint.Name}' of resource '{resource.Name}' {claim}, is in use by another program. Stop that program, or give the endpoint another port (or none, for a free one).",
                failure);
        }
        catch (SocketException failure) when (failure.SocketErrorCode is SocketError.AccessDenied)
        {
            throw new DistributedApplicationException(
                $"Port {port}, which endpoint '{endpoint.Name}' of resource '{resource.Name}' {claim}, is not open to this user. Give the endpoint a port above 1023 (or none, for a free one).",
                failure);
        }
    }

    private static Socket HoldAny(IResource resource, EndpointAnnotation endpoint, int? preferred)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            try
            {
                return Listen(attempt == 0 && preferred is { } port ? port : RandomNumberGenerator.GetInt32(FirstPort, LastPort));
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
