package dev.bumpless.controller;

import static org.awaitility.Awaitility.await;

import dev.bumpless.controller.enrol.TrustDirectory;
import dev.bumpless.transport.MqttTransport;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Debian's Mosquitto on a trust directory, as docs/scale.md sets it up; but for the simulated
 * plants, of which each speaks for many devices.
 */
final class MosquittoOfTrust implements AutoCloseable {
  private static final Path PROGRAM = Path.of("/usr/sbin/mosquitto");

  private final int port;
  private final Process process;

  MosquittoOfTrust(Path folder, TrustDirectory trust, List<String> plants) throws Exception {
    port = freePort();
    Files.createDirectories(folder);
    Files.writeString(folder.resolve("acl"), rights(plants));
    writePem(folder, trust);
    Files.writeString(
        folder.resolve("mosquitto.conf"),
        String.join(
            "\n",
            "listener " + port + " 127.0.0.1",
            "user " + System.getProperty("user.name"),
            "cafile " + trust.ca(),
            "certfile " + folder.resolve("broker.crt"),
            "keyfile " + folder.resolve("broker.key"),
            "require_certificate true",
            "use_identity_as_username true",
            "use_username_as_clientid true",
            "allow_anonymous false",
            "acl_file " + folder.resolve("acl"),
            "max_packet_size " + MqttTransport.MAX_PACKET_BYTES,
            "max_queued_messages 10000",
            "persistence false",
            ""));
    process =
        new ProcessBuilder(PROGRAM.toString(), "-c", folder.resolve("mosquitto.conf").toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("log").toFile())
            .start();
    await().atMost(10, TimeUnit.SECONDS).until(this::isListening);
  }

  int port() {
    return port;
  }

  private static String rights(List<String> plants) {
    StringBuilder rights = new StringBuilder();
    rights.append("user controller\ntopic read bumpless/v1/d/+/up/#\n");
    rights.append("topic write bumpless/v1/d/+/down/#\n");
    plants.forEach(
        plant ->
            rights
                .append("user ")
                .append(plant)
                .append("\ntopic write bumpless/v1/d/+/up/#\ntopic read bumpless/v1/d/+/down/#\n"));
    return rights.toString();
  }

  /** It shows the controller's certificate, as the embedded broker does. */
  private static void writePem(Path folder, TrustDirectory trust) throws Exception {
    char[] password = trust.controllerPassword().toCharArray();
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(trust.controllerStore())) {
      store.load(in, password);
    }
    String name = TrustDirectory.CONTROLLER;
    pem(folder.resolve("broker.crt"), "CERTIFICATE", store.getCertificate(name).getEncoded());
    pem(folder.resolve("broker.key"), "PRIVATE KEY", store.getKey(name, password).getEncoded());
  }

  private static void pem(Path file, String kind, byte[] der) throws IOException {
    String body =
        Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII)).encodeToString(der);
    Files.writeString(
        file, "-----BEGIN " + kind + "-----\n" + body + "\n-----END " + kind + "-----\n");
  }

  private boolean isListening() throws IOException {
    if (!process.isAlive()) {
      throw new IOException("mosquitto has ended with " + process.exitValue());
    }
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }
}
