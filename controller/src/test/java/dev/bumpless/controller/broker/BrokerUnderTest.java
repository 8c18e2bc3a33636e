package dev.bumpless.controller.broker;

import dev.bumpless.controller.enrol.Init;
import dev.bumpless.controller.enrol.TrustDirectory;
import dev.bumpless.protocol.DeviceId;
import dev.bumpless.transport.Tls;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Instant;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** A broker on a free port, with a trust directory of two devices of its own. */
public final class BrokerUnderTest implements AutoCloseable {
  private final Path trust;
  private final Path foreignTrust;
  private final int port;
  private final Program program;
  private Running broker;

  /** What was started. */
  interface Running extends AutoCloseable {
    @Override
    void close();
  }

  /** Starts it, again and again on the same port. */
  interface Program {
    Running start() throws IOException;
  }

  private BrokerUnderTest(Path trust, Path foreignTrust, int port, Program program)
      throws IOException {
    this.trust = trust;
    this.foreignTrust = foreignTrust;
    this.port = port;
    this.program = program;
    this.broker = program.start();
  }

  /** It goes away, with whatever it kept in memory, and is there again. */
  void restart() throws IOException {
    broker.close();
    broker = program.start();
  }

  /** The embedded one, as the controller starts it. */
  public static BrokerUnderTest start(Path folder) throws IOException {
    return start(folder, BrokerXml.QUEUE);
  }

  /** The embedded one, in which so many messages may wait for one client. */
  static BrokerUnderTest start(Path folder, int queue) throws IOException {
    Path trust = init(folder.resolve("trust"));
    Path foreign = init(folder.resolve("foreign"));
    TrustDirectory directory = new TrustDirectory(trust);
    int port = freePort();
    EmbeddedBroker.Settings settings =
        new EmbeddedBroker.Settings(
            folder.resolve("broker"),
            "127.0.0.1",
            port,
            directory.controllerStore(),
            directory.controllerPassword(),
            directory.ca());
    return new BrokerUnderTest(
        trust, foreign, port, () -> EmbeddedBroker.start(settings, queue)::close);
  }

  /** Mosquitto, set up with what docs/brokers.md says. */
  static BrokerUnderTest startMosquitto(Path folder) throws Exception {
    Path trust = init(folder.resolve("trust"));
    Path foreign = init(folder.resolve("foreign"));
    int port = freePort();
    DocumentedMosquitto mosquitto =
        DocumentedMosquitto.setUp(folder.resolve("mosquitto"), trust, port);
    return new BrokerUnderTest(trust, foreign, port, () -> mosquitto.start()::close);
  }

  public String uri() {
    return "ssl://127.0.0.1:" + port;
  }

  /** With the certificate of that name: {@code dev-1}, {@code dev-2} or {@code controller}. */
  public SSLContext tls(String name) {
    return tls(trust, name);
  }

  SSLContext tlsOfForeigner() {
    try {
      // Trusts our broker, but shows a certificate that our authority did not make.
      KeyStore keys = KeyStore.getInstance("PKCS12");
      Path file = foreignTrust.resolve("devices/dev-1/device.p12");
      char[] password = Files.readString(file.resolveSibling("p12.password")).strip().toCharArray();
      try (var in = Files.newInputStream(file)) {
        keys.load(in, password);
      }
      var keyManagers = javax.net.ssl.KeyManagerFactory.getInstance("PKIX");
      keyManagers.init(keys, password);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keyManagers.getKeyManagers(), ours().getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  SSLContext tlsOfStranger() {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, ours().getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private TrustManagerFactory ours() throws GeneralSecurityException, IOException {
    Certificate ca;
    try (var in = Files.newInputStream(trust.resolve("ca.crt"))) {
      ca = CertificateFactory.getInstance("X.509").generateCertificate(in);
    }
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setCertificateEntry("ca", ca);
    TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
    factory.init(store);
    return factory;
  }

  private static SSLContext tls(Path trust, String name) {
    Path file =
        name.equals("controller")
            ? trust.resolve("controller/controller.p12")
            : trust.resolve("devices").resolve(name).resolve("device.p12");
    try {
      return Tls.context(file, file.resolveSibling("p12.password"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path init(Path folder) throws IOException {
    Init.run(
        folder, List.of(new DeviceId("dev-1"), new DeviceId("dev-2")), List.of(), Instant.now());
    return folder;
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  @Override
  public void close() {
    broker.close();
  }
}
