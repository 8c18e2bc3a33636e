package dev.bumpless.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;

/** When the engine made containers with a label, by its own word, from now on. */
final class Creations implements AutoCloseable {
  private static final long NANOS = 1_000_000_000;

  private final Path events;
  private final Process engine;

  private Creations(Path events, Process engine) {
    this.events = events;
    this.engine = engine;
  }

  /** What happens between now and the moment at which the engine listens is told too. */
  static Creations of(String label, Path folder) throws IOException {
    Instant now = Instant.now();
    Path events = Files.createTempFile(folder, "creations", ".txt");
    Process engine =
        new ProcessBuilder(
                "docker",
                "events",
                "--since",
                "%d.%09d".formatted(now.getEpochSecond(), now.getNano()),
                "--filter",
                "type=container",
                "--filter",
                "event=create",
                "--filter",
                "label=" + label,
                "--format",
                "{{.TimeNano}}")
            .redirectErrorStream(true)
            .redirectOutput(events.toFile())
            .start();
    return new Creations(events, engine);
  }

  /** In the order in which they were made. */
  List<Instant> moments() throws IOException {
    if (!engine.isAlive()) {
      throw new IOException("docker events ended: " + Files.readString(events));
    }
    try (Stream<String> lines = Files.lines(events)) {
      return lines.map(Long::parseLong).map(Creations::moment).toList();
    }
  }

  private static Instant moment(long nanos) {
    return Instant.ofEpochSecond(nanos / NANOS, nanos % NANOS);
  }

  @Override
  public void close() {
    engine.destroy();
    engine.onExit().join();
  }
}
