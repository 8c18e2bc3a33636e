package dev.bumpless.controller.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Debian's PostgreSQL on loopback while a test class runs, with a folder of its own that is gone
 * afterwards. It refuses to run as root, so there it runs as the user of its package.
 */
public final class PostgresqlServer implements BeforeAllCallback, AfterAllCallback {
  private static final Path PROGRAMS = Path.of("/usr/lib/postgresql");
  private static final String PASSWORD = "only-for-tests";

  private final AtomicInteger databases = new AtomicInteger();
  private Path programs;
  private Path folder;
  private int port;
  private Process process;

  @Override
  public void beforeAll(ExtensionContext context) throws IOException {
    programs = programs();
    folder = Files.createTempDirectory("bumpless-postgresql");
    port = freePort();
    Path password = Files.writeString(folder.resolve("password"), PASSWORD);
    if (isRoot()) {
      run(List.of("chown", "-R", "postgres:postgres", folder.toString()), folder);
    }
    run(
        command(
            "initdb",
            "--pgdata=" + folder.resolve("data"),
            "--username=bumpless",
            "--pwfile=" + password,
            "--auth=scram-sha-256",
            "--encoding=UTF8",
            "--locale=C.UTF-8",
            "--no-sync"),
        folder);
    begin();
  }

  /** An empty database on it. */
  public PostgresqlAddress fresh() throws SQLException {
    String name = "bumpless" + databases.incrementAndGet();
    execute("CREATE DATABASE " + name);
    return new PostgresqlAddress(
        "jdbc:postgresql://127.0.0.1:" + port + "/" + name,
        Optional.of("bumpless"),
        Optional.of(PASSWORD));
  }

  /** As whoever administers it. */
  void execute(String sql) throws SQLException {
    try (Connection connection = connect();
        var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** As a power cut of the server, but for the disk. */
  public void kill() throws IOException {
    run(List.of("kill", "-QUIT", Long.toString(process.pid())), folder);
    process.onExit().join();
  }

  public void begin() throws IOException {
    process =
        new ProcessBuilder(
                command(
                    "postgres",
                    "-D",
                    folder.resolve("data").toString(),
                    "-p",
                    Integer.toString(port),
                    "-c",
                    "listen_addresses=127.0.0.1",
                    "-c",
                    "unix_socket_directories=",
                    "-c",
                    "fsync=off"))
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("log").toFile()))
            .start();
    await()
        .atMost(60, TimeUnit.SECONDS)
        .ignoreExceptionsInstanceOf(SQLException.class)
        .until(this::answers);
  }

  @Override
  public void afterAll(ExtensionContext context) throws IOException {
    kill();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  private boolean answers() throws IOException, SQLException {
    if (!process.isAlive()) {
      throw new IOException("postgres has ended: " + Files.readString(folder.resolve("log")));
    }
    try (Connection connection = connect()) {
      return connection.isValid(1);
    }
  }

  private Connection connect() throws SQLException {
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:" + port + "/postgres", "bumpless", PASSWORD);
  }

  private List<String> command(String program, String... arguments) {
    List<String> command = new ArrayList<>();
    if (isRoot()) {
      command.addAll(
          List.of("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--"));
    }
    command.add(programs.resolve(program).toString());
    command.addAll(List.of(arguments));
    return command;
  }

  private static boolean isRoot() {
    return System.getProperty("user.name").equals("root");
  }

  /** Of the newest version that is installed. */
  private static Path programs() throws IOException {
    if (!Files.isDirectory(PROGRAMS)) {
      throw new IOException(PROGRAMS + " is not there; apt-get install postgresql brings it");
    }
    try (Stream<Path> versions = Files.list(PROGRAMS)) {
      return versions
          .map(version -> version.resolve("bin"))
          .filter(bin -> Files.isExecutable(bin.resolve("initdb")))
          .max(Comparator.naturalOrder())
          .orElseThrow(() -> new IOException("no initdb below " + PROGRAMS));
    }
  }

  private static void run(List<String> command, Path folder) throws IOException {
    Process process =
        new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    if (process.onExit().join().exitValue() != 0) {
      throw new IOException(command + " failed: " + output);
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
