using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using BluePlan.State.Storage;
using FluentAssertions;
using NUnit.Framework;
using StackExchange.Redis;

namespace BluePlan.State.Redis.Tests;

/// <summary>A server whose certificate comes from a private certificate authority.</summary>
[TestFixture]
public sealed class TlsTests
{
    private readonly string _directory = Directory.CreateTempSubdirectory("blueplan-tls-").FullName;
    private int _port;
    private TestServer _server = null!;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var (from, until) = (DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(2));
        var request = new CertificateRequest("CN=Private CA", authorityKey, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        using var authority = request.CreateSelfSigned(from, until);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        var of = new CertificateRequest("CN=redis", key, HashAlgorithmName.SHA256);
        of.CertificateExtensions.Add(names.Build());
        using var certificate = of.Create(authority, from, until, [1, 2, 3]);
        await File.WriteAllTextAsync(In("ca.pem"), authority.ExportCertificatePem());
        await File.WriteAllTextAsync(In("redis.pem"), certificate.ExportCertificatePem());
        await File.WriteAllTextAsync(In("redis.key"), key.ExportPkcs8PrivateKeyPem());
        _port = TestServer.FreePort();
        _server = await TestServers.StartRedisAsync("--tls-port", $"{_port}", "--tls-cert-file", In("redis.pem"), "--tls-key-file", In("redis.key"), "--tls-ca-cert-file", In("ca.pem"), "--tls-auth-clients", "no");
    }

    [OneTimeTearDown]
    public void End()
    {
        _server?.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Test]
    public async Task OpenAsync_AuthorityIsTrusted_KeepsState()
    {
        var configuration = ConfigurationOptions.Parse(ConnectionString);
        configuration.TrustIssuer(In("ca.pem"));
        await using var provider = new RedisStateProvider(configuration);
        var key = new StateKey(0, StateShape.Document, "test", "one");

        await provider.OpenAsync(4, default);
        await provider.CommitAsync(new(new PutDocument(key, new byte[] { 1 })), default);

        (await provider.ReadAsync(new DocumentRead(key)))!.Value.ToArray().Should().Equal(1);
    }

    [Test]
    public async Task OpenAsync_AuthorityIsUnknown_IsRefusedNamingTheCertificate()
    {
        await using var provider = new RedisStateProvider($"{ConnectionString},password=s3cret");

        var thrown = (await FluentActions.Awaiting(() => provider.OpenAsync(4, default).AsTask()).Should().ThrowAsync<StateUnavailableException>()).Which;

        thrown.Message.Should().Contain("certificate");
        thrown.ToString().Should().NotContain("s3cret");
        thrown.MayHaveBeenWritten.Should().BeFalse();
    }

    private string ConnectionString => $"127.0.0.1:{_port},ssl=true,{TestServer.Patience}";

    private string In(string file) => Path.Combine(_directory, file);
}
