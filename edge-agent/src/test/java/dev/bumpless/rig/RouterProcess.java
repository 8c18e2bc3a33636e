package dev.bumpless.rig;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

/** The router as its own process, started again after {@link #kill} by {@link #start}. */
public final class RouterProcess implements AutoCloseable {
  private static final Duration START_WITHIN = Duration.ofSeconds(20);

  private final Path folder;
  private JavaProcess process;

  private RouterProcess(Path folder, JavaProcess process) {
    this.folder = folder;
    this.process = process;
  }

  /** State, socket and log are in {@code folder}. Returns once it answers. */
  public static RouterProcess start(Path folder) throws IOException {
    RouterProcess router = new RouterProcess(folder, launch(folder));
    router.awaitAnswer();
    return router;
  }

  private static JavaProcess launch(Path folder) throws IOException {
    Path state = Files.createDirectories(folder.resolve("router"));
    return JavaProcess.router(
        folder.resolve("router.log"),
        "dev.bumpless.router.Main",
        "--state",
        state.toString(),
        "--socket",
        socket(folder).toString());
  }

  private static Path socket(Path folder) {
    return folder.resolve("router.sock");
  }

  public Path socket() {
    return socket(folder);
  }

  public long pid() {
    return process.pid();
  }

  public ControlLine control() throws IOException {
    return new ControlLine(socket());
  }

  /** Power cut for the router alone. */
  public void kill() {
    process.kill();
  }

  /** After {@link #kill}. Returns once it answers. */
  public void start() throws IOException {
    process = launch(folder);
    awaitAnswer();
  }

  private void awaitAnswer() throws IOException {
    Instant end = Instant.now().plus(START_WITHIN);
    while (true) {
      try (ControlLine control = control()) {
        control.ask("help");
        return;
      } catch (IOException e) {
        if (!process.isAlive() || Instant.now().isAfter(end)) {
          throw new IOException(
              "the router did not start: " + Files.readString(folder.resolve("router.log")), e);
        }
        pause();
      }
    }
  }

  private static void pause() throws IOException {
    try {
      Thread.sleep(20);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while the router started", e);
    }
  }

  @Override
  public void close() {
    process.close();
  }
}
