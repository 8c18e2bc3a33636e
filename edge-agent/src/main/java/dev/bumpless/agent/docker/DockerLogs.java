package dev.bumpless.agent.docker;

import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.model.Container;
import com.github.dockerjava.api.model.Frame;
import dev.bumpless.agent.swap.EngineException;
import dev.bumpless.agent.swap.Slot;
import dev.bumpless.manifest.AppName;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** What containers have written, from the engine's own log files. Any thread may call. */
public final class DockerLogs {
  private static final Logger LOG = System.getLogger(DockerLogs.class.getName());

  /** Longer lines are cut in pieces. */
  private static final int MAX_LINE_BYTES = 16 * 1024;

  private final DockerConnection engine;
  private final String space;

  public DockerLogs(DockerConnection engine, DockerSettings settings) {
    this.engine = engine;
    this.space = settings.space();
  }

  /**
   * Whose log.
   *
   * @param container empty for all of the slot
   * @param tail newest lines of each container to begin with, 0 and up
   * @param follow whether to go on until closed
   */
  public record Query(
      AppName app, Slot slot, Optional<String> container, int tail, boolean follow) {}

  /**
   * Where it goes. Called by the engine's threads, one call at a time; while a call blocks the
   * engine waits.
   */
  public interface Sink {
    /** A line with its end; where several containers are read it begins with {@code 0/name: }. */
    void line(String text);

    /** Nothing follows. Not called after closing. */
    void end(Optional<String> error);
  }

  /**
   * Begins to read; closing ends it.
   *
   * @throws EngineException where the engine cannot be asked or has no such container
   */
  public AutoCloseable open(Query query, Sink sink) throws EngineException {
    String tried = "reading the log of %s in slot %s".formatted(query.app(), query.slot());
    List<Container> found = containers(tried, query);
    if (found.isEmpty()) {
      throw new EngineException(
          EngineException.Kind.PERMANENT,
          tried + " failed: there is no such container. See 'describe app' for what runs.");
    }
    Reading reading = new Reading(found.size(), sink);
    try {
      for (Container container : found) {
        Labels labels = Labels.parse(container.getLabels()).orElseThrow();
        String prefix =
            found.size() == 1 ? "" : labels.instance().number() + "/" + labels.container() + ": ";
        reading.add(
            engine
                .client(tried)
                .logContainerCmd(container.getId())
                .withStdOut(true)
                .withStdErr(true)
                .withTail(query.tail())
                .withFollowStream(query.follow())
                .exec(new Lines(prefix, reading)));
      }
    } catch (EngineException | RuntimeException e) {
      reading.close();
      throw e;
    }
    return reading;
  }

  private List<Container> containers(String tried, Query query) throws EngineException {
    Map<String, String> wanted =
        Map.of(
            Labels.SPACE, space,
            Labels.APP, query.app().value(),
            Labels.SLOT, query.slot().label());
    return engine
        .call(
            tried,
            client -> client.listContainersCmd().withShowAll(true).withLabelFilter(wanted).exec())
        .stream()
        .filter(found -> Labels.parse(found.getLabels()).isPresent())
        .filter(
            found ->
                query.container().isEmpty()
                    || query.container().get().equals(found.getLabels().get(Labels.CONTAINER)))
        .sorted(Comparator.comparing(found -> found.getLabels().get(Labels.INSTANCE)))
        .toList();
  }

  /**
   * All streams of one query; the last that ends tells the sink. The sink may block in a line for
   * long, so closing takes no lock.
   */
  private static final class Reading implements AutoCloseable {
    private final List<Lines> streams = new CopyOnWriteArrayList<>();
    private final Object oneAtATime = new Object();
    private final Sink sink;
    private int open;
    private Optional<String> error = Optional.empty();
    private volatile boolean closed;

    Reading(int streams, Sink sink) {
      this.open = streams;
      this.sink = sink;
    }

    void add(Lines stream) {
      streams.add(stream);
    }

    void line(String text) {
      synchronized (oneAtATime) {
        if (!closed) {
          sink.line(text);
        }
      }
    }

    void ended(Optional<String> why) {
      synchronized (oneAtATime) {
        error = error.isPresent() ? error : why;
        open--;
        if (open == 0 && !closed) {
          closed = true;
          sink.end(error);
        }
      }
    }

    @Override
    public void close() {
      closed = true;
      for (Lines stream : streams) {
        try {
          stream.close();
        } catch (IOException e) {
          LOG.log(Level.DEBUG, "event=log-stream-close reason=\"{0}\"", e.getMessage());
        }
      }
    }
  }

  /** Cuts one container's stream into lines. */
  private static final class Lines extends ResultCallback.Adapter<Frame> {
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private final String prefix;
    private final Reading reading;

    Lines(String prefix, Reading reading) {
      this.prefix = prefix;
      this.reading = reading;
    }

    @Override
    public void onNext(Frame frame) {
      for (byte b : frame.getPayload()) {
        if (b == '\n') {
          flush();
        } else {
          line.write(b);
          if (line.size() == MAX_LINE_BYTES) {
            flush();
          }
        }
      }
    }

    @Override
    public void onError(Throwable throwable) {
      reading.ended(Optional.of(String.valueOf(throwable.getMessage())));
      super.onError(throwable);
    }

    @Override
    public void onComplete() {
      if (line.size() > 0) {
        flush();
      }
      reading.ended(Optional.empty());
      super.onComplete();
    }

    private void flush() {
      reading.line(prefix + line.toString(StandardCharsets.UTF_8) + "\n");
      line.reset();
    }
  }
}
