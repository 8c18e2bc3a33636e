package dev.bumpless.transport;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Debian's Mosquitto, set up as a broker for Bumpless has to be: TLS with client certificates, the
 * client id is the certificate's name, and rights follow from it.
 */
public final class Mosquitto implements AutoCloseable {
  private static final Path PROGRAM = Path.of("/usr/sbin/mosquitto");

  private final Path folder;
  private final int port;
  private Process process;

  public Mosquitto(Path folder, TestPki pki) throws Exception {
    if (!Files.isExecutable(PROGRAM)) {
      throw new IOException(PROGRAM + " is not there; apt-get install mosquitto brings it");
    }
    this.folder = folder;
    this.port = freePort();
    pki.issue("broker");
    Files.writeString(
        folder.resolve("acl"),
        """
        pattern write bumpless/v1/d/%u/up/#
        pattern read bumpless/v1/d/%u/down/#
        user controller
        topic read bumpless/v1/d/+/up/#
        topic write bumpless/v1/d/+/down/#
        """);
    List<String> lines =
        List.of(
            "listener " + port + " 127.0.0.1",
            "user " + System.getProperty("user.name"),
            "cafile " + pki.caCertificate(),
            "certfile " + pki.certificate("broker"),
            "keyfile " + pki.privateKey("broker"),
            "require_certificate true",
            "use_identity_as_username true",
            "use_username_as_clientid true",
            "tls_version tlsv1.2",
            "allow_anonymous false",
            "acl_file " + folder.resolve("acl"),
            "persistence false",
            "max_packet_size " + MqttTransport.MAX_PACKET_BYTES,
            "log_type all",
            "");
    Files.writeString(folder.resolve("mosquitto.conf"), String.join("\n", lines));
    start();
  }

  public int port() {
    return port;
  }

  public void start() throws IOException {
    process =
        new ProcessBuilder(PROGRAM.toString(), "-c", folder.resolve("mosquitto.conf").toString())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("log").toFile()))
            .start();
    await().atMost(10, TimeUnit.SECONDS).until(this::isListening);
  }

  /** As a power cut. */
  public void kill() {
    process.destroyForcibly().onExit().join();
  }

  @Override
  public void close() {
    kill();
  }

  private boolean isListening() throws IOException {
    if (!process.isAlive()) {
      throw new IOException("mosquitto has ended: " + Files.readString(folder.resolve("log")));
    }
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}
