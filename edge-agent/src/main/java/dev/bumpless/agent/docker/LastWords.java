package dev.bumpless.agent.docker;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.model.Frame;
import dev.bumpless.agent.swap.ObservedContainer;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * What a container that died wrote last: a rollback removes it with its log, and the reason is in
 * there. Each death is read once. Safe for any number of threads.
 */
final class LastWords {
  static final int MOST_CHARS = 200;

  private static final System.Logger LOG = System.getLogger(LastWords.class.getName());
  private static final int LINES = 3;
  private static final int MOST_BYTES = 64 * 1024;
  private static final long PATIENCE_SECONDS = 2;

  private final Map<String, String> known = new ConcurrentHashMap<>();

  /** Those of who has died, empty for all others. What is not listed any more is forgotten. */
  List<ObservedContainer> of(List<ObservedContainer> observed, DockerClient client) {
    known.keySet().retainAll(observed.stream().map(LastWords::life).collect(Collectors.toSet()));
    return observed.stream()
        .map(seen -> hasDied(seen) ? seen.withLastWords(read(seen, client)) : seen)
        .toList();
  }

  private static boolean hasDied(ObservedContainer seen) {
    return switch (seen.state()) {
      case EXITED, DEAD, RESTARTING -> true;
      case CREATED, RUNNING, PAUSED -> seen.restarts() > 0;
    };
  }

  private static String life(ObservedContainer seen) {
    return seen.id() + "@" + seen.startedAt() + (seen.isRunning() ? "" : " ended");
  }

  private String read(ObservedContainer seen, DockerClient client) {
    return known.computeIfAbsent(life(seen), life -> read(seen.id(), client));
  }

  /** Empty where the engine does not tell: a reason is missed, and nothing else. */
  private static String read(String id, DockerClient client) {
    Tail tail = new Tail();
    try (tail) {
      client
          .logContainerCmd(id)
          .withStdOut(true)
          .withStdErr(true)
          .withTail(LINES)
          .exec(tail)
          .awaitCompletion(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (Exception e) {
      LOG.log(System.Logger.Level.DEBUG, "event=no-last-words reason=\"{0}\"", e.getMessage());
    }
    return tail.text();
  }

  /** On one line, without control characters; of what is too long the end. */
  static String clean(String text) {
    String line =
        text.lines()
            .map(l -> l.replaceAll("\\p{Cntrl}(\\[[0-9;]*m)?", " ").strip())
            .filter(l -> !l.isEmpty())
            .collect(Collectors.joining(" | "));
    return line.length() <= MOST_CHARS ? line : "…" + line.substring(line.length() - MOST_CHARS);
  }

  private static final class Tail extends ResultCallback.Adapter<Frame> {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    @Override
    public synchronized void onNext(Frame frame) {
      if (bytes.size() < MOST_BYTES) {
        bytes.writeBytes(frame.getPayload());
      }
    }

    synchronized String text() {
      return clean(bytes.toString(StandardCharsets.UTF_8));
    }
  }
}
