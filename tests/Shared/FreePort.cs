using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace InstaMessenger.Tests.Shared;

/// <summary>Ports for servers that must know theirs before they start.</summary>
internal static class FreePort
{
    /// <summary>
    /// A socket per port that was taken: bound and never listening. It keeps the kernel from giving the port to anybody else of this
    /// machine, before the server has begun and between its death and its return, and does not keep the server from listening, which allows
    /// reuse as all of ours do.
    /// </summary>
    private static readonly ConcurrentBag<Socket> Held = [];

    /// <summary>A port of 127.0.0.1 that belongs to its taker until this process ends.</summary>
    public static int Take()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        // .NET binds with SO_REUSEADDR on Linux.
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        Held.Add(socket);
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
