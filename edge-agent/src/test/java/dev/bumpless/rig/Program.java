package dev.bumpless.rig;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

/** A process that a test started, told of line by line. */
public final class Program implements AutoCloseable {
  private final Process process;

  private Program(Process process) {
    this.process = process;
  }

  /**
   * @param line told of each line that it prints, by a thread of its own
   */
  public static Program start(List<String> words, Consumer<String> line) throws IOException {
    Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
    process.getOutputStream().close();
    Thread reader = new Thread(() -> read(process, line), words.get(0));
    reader.setDaemon(true);
    reader.start();
    return new Program(process);
  }

  private static void read(Process process, Consumer<String> line) {
    try (BufferedReader output = process.inputReader()) {
      output.lines().forEach(line);
    } catch (UncheckedIOException | IOException e) {
      // Closed with the process.
    }
  }

  /** A file of the tests' resources for Modbus, as a file in {@code folder}. */
  public static Path script(Path folder, String name) throws IOException {
    Path file = folder.resolve(name);
    try (InputStream source =
        Objects.requireNonNull(Program.class.getResourceAsStream("/modbus/" + name), name)) {
      Files.write(file, source.readAllBytes());
    }
    return file;
  }

  /** Of a source in C that uses libmodbus; the program has its name in {@code folder}. */
  public static Path compiled(Path folder, Path source) throws IOException, InterruptedException {
    String name = source.getFileName().toString();
    Path program = folder.resolve(name.substring(0, name.length() - ".c".length()));
    Command.run(
        "gcc", "-O1", "-Wall", "-Werror", "-o", program.toString(), source.toString(), "-lmodbus");
    return program;
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /** SIGKILL; returns once it is gone. */
  @Override
  public void close() {
    process.destroyForcibly();
    process.onExit().join();
  }
}
