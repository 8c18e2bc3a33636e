package dev.bumpless.controller;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** One of several controllers, a process of its own that dies as a power cut kills it. */
final class ControllerProcess implements AutoCloseable {
  private final Path folder;
  private final Rest rest;
  private Process process;

  /** Starts it; settings are what it has in common with the others. */
  ControllerProcess(Path folder, Path trust, String settings) throws IOException {
    this.folder = Files.createDirectories(folder);
    int port = freePort();
    Files.writeString(
        folder.resolve("controller.yaml"),
        "state: %s\ntrust: %s\nhttp: 127.0.0.1:%d\n%s"
            .formatted(folder.resolve("state"), trust, port, settings));
    this.rest = new Rest(port, Files.readString(trust.resolve("controller/token")).strip());
    this.process = launch();
  }

  Rest rest() {
    return rest;
  }

  /** Its log, over all its lives. */
  String log() throws IOException {
    return Files.readString(folder.resolve("log"));
  }

  /** SIGKILL, and a new life at once. */
  void killAndStart() throws IOException {
    process.destroyForcibly().onExit().join();
    process = launch();
  }

  /** It hangs, and does not know that it did when it goes on. */
  void freeze() throws Exception {
    signal("STOP");
  }

  void thaw() throws Exception {
    signal("CONT");
  }

  boolean isReady() {
    try {
      return process.isAlive() && rest.get("/api/v1/rollouts").status() == 200;
    } catch (IllegalStateException e) {
      return false;
    }
  }

  private void signal(String name) throws Exception {
    Process kill =
        new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).inheritIO().start();
    if (!kill.waitFor(10, TimeUnit.SECONDS) || kill.exitValue() != 0) {
      throw new IOException("kill -" + name + " failed");
    }
  }

  private Process launch() throws IOException {
    File log = folder.resolve("log").toFile();
    return new ProcessBuilder(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty(
                    "surefire.test.class.path", System.getProperty("java.class.path")),
                Main.class.getName(),
                "--config",
                folder.resolve("controller.yaml").toString()))
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log))
        .start();
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
