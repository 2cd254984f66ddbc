using System.Net;

namespace BluePlan.State.Redis;

/// <summary>A primary as sentinels name it.</summary>
/// <param name="Host">Its address or name.</param>
/// <param name="Port">Its port.</param>
/// <param name="ConfigEpoch">The number of the sentinels' decision.</param>
internal sealed record PrimaryAddress(string Host, int Port, long ConfigEpoch)
{
    /// <summary>Whether a server of the connection is meant.</summary>
    public bool Is(EndPoint server) => server switch
    {
        IPEndPoint ip => ip.Port == Port && IPAddress.TryParse(Host, out var address) && address.Equals(ip.Address),
        DnsEndPoint dns => dns.Port == Port && string.Equals(dns.Host, Host, StringComparison.OrdinalIgnoreCase),
        _ => false,
    };
}
