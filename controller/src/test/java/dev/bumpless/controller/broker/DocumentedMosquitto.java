package dev.bumpless.controller.broker;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Debian's Mosquitto, with certificate, configuration and rights taken word for word from
 * docs/brokers.md; only folders, address and port are this machine's.
 */
final class DocumentedMosquitto {
  private static final Path PROGRAM = Path.of("/usr/sbin/mosquitto");
  private static final Path PAGE = Path.of("../docs/brokers.md");

  private final Path folder;
  private final int port;

  private DocumentedMosquitto(Path folder, int port) {
    this.folder = folder;
    this.port = port;
  }

  /**
   * @param trust what {@code bumpless init} made
   */
  static DocumentedMosquitto setUp(Path folder, Path trust, int port) throws Exception {
    Files.createDirectories(folder);
    run(block("certificate").replace("/etc/bumpless/fleet", trust.toString()), folder);
    for (String file : new String[] {"ca.crt", "broker.crt", "broker.key"}) {
      Files.copy(trust.resolve(file), folder.resolve(file));
    }
    Files.writeString(folder.resolve("acl"), block("acl"));
    Files.writeString(
        folder.resolve("mosquitto.conf"),
        block("mosquitto.conf")
                .replace("/etc/mosquitto/bumpless", folder.toString())
                .replace("listener 8883 0.0.0.0", "listener " + port + " 127.0.0.1")
            + "user "
            + System.getProperty("user.name")
            + "\n");
    return new DocumentedMosquitto(folder, port);
  }

  /** Returns when it listens. */
  Running start() throws IOException {
    Process process =
        new ProcessBuilder(PROGRAM.toString(), "-c", folder.resolve("mosquitto.conf").toString())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("log").toFile()))
            .start();
    await().atMost(30, TimeUnit.SECONDS).until(() -> isListening(process));
    return new Running(process);
  }

  /** Closing it is as hard as a power cut. */
  record Running(Process process) {
    void close() {
      process.destroyForcibly().onExit().join();
    }
  }

  private boolean isListening(Process process) throws IOException {
    if (!process.isAlive()) {
      throw new IOException("mosquitto has ended: " + Files.readString(folder.resolve("log")));
    }
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  /** What stands between the fences that follow that mark. */
  private static String block(String mark) throws IOException {
    Matcher matcher =
        Pattern.compile(
                "<!-- tested: " + Pattern.quote(mark) + " -->\n```\\w*\n(.*?)```", Pattern.DOTALL)
            .matcher(Files.readString(PAGE));
    if (!matcher.find()) {
      throw new IOException(PAGE + " has no block " + mark);
    }
    return matcher.group(1);
  }

  private static void run(String commands, Path folder) throws Exception {
    Process process =
        new ProcessBuilder("sh", "-e", "-c", commands)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException("what " + PAGE + " says failed: " + output);
    }
  }
}
