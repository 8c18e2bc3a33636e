package dev.bumpless.router.modbus.interop;

import dev.bumpless.rig.Command;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;

/** A process that a test started, told of line by line. */
final class Program implements AutoCloseable {
  private final Process process;

  private Program(Process process) {
    this.process = process;
  }

  /**
   * @param line told of each line that it prints, by a thread of its own
   */
  static Program start(List<String> words, Consumer<String> line) throws IOException {
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
    } catch (java.io.UncheckedIOException | IOException e) {
      // Closed with the process.
    }
  }

  /** A file of this test's, as a file. */
  static Path script(Path folder, String name) throws IOException {
    Path file = folder.resolve(name);
    try (InputStream source =
        Objects.requireNonNull(Program.class.getResourceAsStream("/modbus/" + name), name)) {
      Files.write(file, source.readAllBytes());
    }
    return file;
  }

  static Path compiled(Path folder, String name) throws IOException, InterruptedException {
    Path program = folder.resolve(name);
    List<String> words = new ArrayList<>(List.of("gcc", "-O1", "-Wall", "-Werror"));
    words.addAll(List.of("-o", program.toString(), script(folder, name + ".c").toString()));
    words.add("-lmodbus");
    Command.run(words.toArray(String[]::new));
    return program;
  }

  boolean isAlive() {
    return process.isAlive();
  }

  @Override
  public void close() {
    process.destroyForcibly();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
