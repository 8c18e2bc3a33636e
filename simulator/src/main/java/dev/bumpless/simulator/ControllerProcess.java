package dev.bumpless.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A controller with its broker, in a process of its own, on free ports of loopback. */
final class ControllerProcess implements AutoCloseable {
  /** Keys of devices that do not exist need not be hard to guess. */
  private static final String WEAK_STORES =
      "-Dkeystore.pkcs12.keyPbeIterationCount=1 -Dkeystore.pkcs12.certPbeIterationCount=1"
          + " -Dkeystore.pkcs12.macIterationCount=1";

  /** An argument may have 128 KiB. */
  private static final int INIT_AT_ONCE = 5_000;

  private static final Duration START = Duration.ofSeconds(60);

  private final Path folder;
  private final Process process;
  private final int httpPort;
  private final int mqttPort;
  private final String token;
  private final HttpClient http = HttpClient.newHttpClient();
  private final ObjectMapper mapper = new ObjectMapper();

  /**
   * Returns when it answers.
   *
   * @param programs the folder with {@code bumpless} and {@code bumpless-controller}
   * @param folder for its state and the fleet's keys
   * @param heapMegabytes that it may use
   */
  static ControllerProcess start(
      Path programs, Path folder, List<String> devices, int heapMegabytes)
      throws IOException, InterruptedException {
    Path trust = folder.resolve("fleet");
    for (int i = 0; i < devices.size(); i += INIT_AT_ONCE) {
      List<String> some = devices.subList(i, Math.min(devices.size(), i + INIT_AT_ONCE));
      init(programs, folder, trust, some);
    }
    ControllerProcess controller = new ControllerProcess(programs, folder, trust, heapMegabytes);
    controller.awaitAnswer();
    return controller;
  }

  private static void init(Path programs, Path folder, Path trust, List<String> devices)
      throws IOException, InterruptedException {
    File log = folder.resolve("init.log").toFile();
    ProcessBuilder init =
        new ProcessBuilder(
                programs.resolve("bumpless").toString(),
                "init",
                trust.toString(),
                "--devices",
                String.join(",", devices))
            .redirectErrorStream(true)
            .redirectOutput(log);
    init.environment().put("BUMPLESS_JAVA_OPTS", WEAK_STORES);
    if (init.start().waitFor() != 0) {
      throw new IOException("bumpless init failed: " + Files.readString(log.toPath()));
    }
  }

  private ControllerProcess(Path programs, Path folder, Path trust, int heapMegabytes)
      throws IOException {
    this.folder = folder;
    this.httpPort = freePort();
    this.mqttPort = freePort();
    this.token = Files.readString(trust.resolve("controller").resolve("token")).strip();
    Path config = folder.resolve("controller.yaml");
    Files.writeString(
        config,
        """
        state: %s
        trust: %s
        http: 127.0.0.1:%d
        broker: { embedded: { address: 127.0.0.1, port: %d } }
        """
            .formatted(folder.resolve("controller"), trust, httpPort, mqttPort));
    ProcessBuilder program =
        new ProcessBuilder(
                programs.resolve("bumpless-controller").toString(), "--config", config.toString())
            .redirectErrorStream(true)
            .redirectOutput(log().toFile());
    program.environment().put("BUMPLESS_JAVA_OPTS", "-Xmx" + heapMegabytes + "m");
    this.process = program.start();
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroy)); // it is of no use alone
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private Path log() {
    return folder.resolve("controller.log");
  }

  private void awaitAnswer() throws IOException, InterruptedException {
    long until = System.nanoTime() + START.toNanos();
    while (System.nanoTime() < until && process.isAlive()) {
      try {
        get("/devices");
        return;
      } catch (IOException e) {
        Thread.sleep(200);
      }
    }
    close();
    throw new IOException("the controller does not answer: " + Files.readString(log()));
  }

  int mqttPort() {
    return mqttPort;
  }

  String url() {
    return "http://127.0.0.1:" + httpPort;
  }

  String token() {
    return token;
  }

  Path trust() {
    return folder.resolve("fleet");
  }

  /**
   * @param path below {@code /api/v1}
   */
  JsonNode get(String path) throws IOException, InterruptedException {
    return send(HttpRequest.newBuilder(uri(path)).GET());
  }

  JsonNode post(String path, Map<String, ?> body) throws IOException, InterruptedException {
    return send(
        HttpRequest.newBuilder(uri(path))
            .POST(HttpRequest.BodyPublishers.ofByteArray(mapper.writeValueAsBytes(body))));
  }

  private URI uri(String path) {
    return URI.create(url() + "/api/v1" + path);
  }

  private JsonNode send(HttpRequest.Builder request) throws IOException, InterruptedException {
    HttpResponse<byte[]> answer =
        http.send(
            request
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", "application/json")
                .timeout(Duration.ofMinutes(5))
                .build(),
            HttpResponse.BodyHandlers.ofByteArray());
    JsonNode json = mapper.readTree(answer.body());
    if (answer.statusCode() >= 300) {
      throw new IOException(
          "the controller answered %d: %s"
              .formatted(answer.statusCode(), json.path("error").path("message").asText()));
    }
    return json;
  }

  /** What it has used so far, by the kernel's count. */
  Duration cpu() throws IOException {
    String stat = Files.readString(Path.of("/proc", String.valueOf(process.pid()), "stat"));
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    long ticks = Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
    return Duration.ofMillis(ticks * 10);
  }

  /** The most memory that it had in use at once. */
  long peakMegabytes() throws IOException {
    Path status = Path.of("/proc", String.valueOf(process.pid()), "status");
    try (Stream<String> lines = Files.lines(status)) {
      return lines
          .filter(line -> line.startsWith("VmHWM:"))
          .map(line -> Long.parseLong(line.replaceAll("\\D", "")) / 1024)
          .findFirst()
          .orElse(0L);
    }
  }

  /** What it had to say that is no mere information. */
  List<String> complaints() throws IOException {
    List<String> found = new ArrayList<>();
    try (Stream<String> lines = Files.lines(log())) {
      lines.filter(line -> line.contains("WARN") || line.contains("SEVERE")).forEach(found::add);
    }
    return found;
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(30, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
