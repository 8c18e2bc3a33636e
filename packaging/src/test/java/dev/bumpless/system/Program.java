package dev.bumpless.system;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A program of the tarball that runs until it is ended, and can be started again. */
final class Program implements AutoCloseable {
  private static final long CLOSE_SECONDS = 20;

  private final List<String> command;
  private final Path log;
  private Process process;

  private Program(List<String> command, Path log, Process process) {
    this.command = command;
    this.log = log;
    this.process = process;
  }

  static Program start(Path log, Path program, String... args) throws IOException {
    List<String> command = new ArrayList<>(List.of(program.toString()));
    command.addAll(List.of(args));
    return new Program(command, log, launch(command, log));
  }

  private static Process launch(List<String> command, Path log) throws IOException {
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
        .start();
  }

  /** SIGKILL; returns once it is gone. */
  void kill() {
    process.destroyForcibly();
    process.onExit().join();
  }

  void startAgain() throws IOException {
    process = launch(command, log);
  }

  /** SIGSTOP: it is there and does nothing. */
  void freeze() throws IOException {
    signal("STOP");
  }

  void thaw() throws IOException {
    signal("CONT");
  }

  private void signal(String name) throws IOException {
    new ProcessBuilder("sh", "-c", "kill -" + name + " " + process.pid()).start().onExit().join();
  }

  @Override
  public void close() throws IOException {
    if (process.isAlive()) {
      thaw();
    }
    process.destroy();
    process.onExit().completeOnTimeout(process, CLOSE_SECONDS, TimeUnit.SECONDS).join();
    kill();
  }
}
