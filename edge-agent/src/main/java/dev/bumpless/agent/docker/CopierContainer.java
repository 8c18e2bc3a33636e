package dev.bumpless.agent.docker;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.Capability;
import com.github.dockerjava.api.model.Frame;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.LogConfig;
import com.github.dockerjava.api.model.Mount;
import com.github.dockerjava.api.model.MountType;
import com.github.dockerjava.api.model.StreamType;
import dev.bumpless.agent.docker.VolumeCopier.Way;
import dev.bumpless.agent.swap.EngineException;
import dev.bumpless.agent.swap.EngineException.Kind;
import dev.bumpless.mirror.Main;
import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * {@link dev.bumpless.mirror.Main} in a container: on an empty image, with this machine's own Java,
 * the old volumes read-only and the new ones. It is spoken to through its standard input; when that
 * ends, with this object or with the agent, so does the program, and the engine removes its
 * container.
 */
final class CopierContainer implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(CopierContainer.class.getName());

  static final String IMAGE = "bumpless/empty";
  static final String TAG = "1";
  private static final int HEAP_MEBIBYTES = 96;
  private static final long MEMORY_BYTES = 192L << 20;
  private static final long PIDS = 64;
  private static final Duration STARTS_WITHIN = Duration.ofSeconds(30);

  /** What root needs to read and to give away other users' files. */
  private static final Capability[] CAPABILITIES = {
    Capability.CHOWN, Capability.DAC_OVERRIDE, Capability.FOWNER, Capability.FSETID
  };

  private final DockerConnection engine;
  private final String id;
  private final SortedMap<String, Way> ways;
  private final PipedOutputStream words = new PipedOutputStream();
  private final Answers answers = new Answers();

  private CopierContainer(DockerConnection engine, String id, SortedMap<String, Way> ways) {
    this.engine = engine;
    this.id = id;
    this.ways = ways;
  }

  static CopierContainer start(
      DockerConnection engine, String name, Map<String, String> labels, SortedMap<String, Way> ways)
      throws EngineException, IOException {
    HostJava java = HostJava.of(Main.class);
    String tried = "making container " + name;
    engine.call(tried, DockerConnection.LONG, CopierContainer::ensureImage);
    String id =
        engine
            .call(
                tried,
                client -> command(client, java, ways).withName(name).withLabels(labels).exec())
            .getId();
    CopierContainer made = new CopierContainer(engine, id, ways);
    boolean isStarted = false;
    try {
      made.start(tried);
      isStarted = true;
      return made;
    } finally {
      if (!isStarted) {
        made.close();
      }
    }
  }

  private static CreateContainerCmd command(
      DockerClient client, HostJava java, SortedMap<String, Way> ways) {
    List<Mount> mounts = new ArrayList<>(java.mounts());
    ways.forEach(
        (volume, way) -> {
          mounts.add(volume(way.from(), "/from/" + volume).withReadOnly(true));
          mounts.add(volume(way.to(), "/to/" + volume));
        });
    return client
        .createContainerCmd(IMAGE + ":" + TAG)
        .withEntrypoint(java.command(Main.class, HEAP_MEBIBYTES))
        .withUser("0:0")
        .withAttachStdin(true)
        .withStdinOpen(true)
        .withStdInOnce(true)
        .withHostConfig(
            HostConfig.newHostConfig()
                .withNetworkMode("none")
                .withMounts(mounts)
                .withReadonlyRootfs(true)
                .withCapDrop(Capability.ALL)
                .withCapAdd(CAPABILITIES)
                .withSecurityOpts(List.of("no-new-privileges:true"))
                .withMemory(MEMORY_BYTES)
                .withMemorySwap(MEMORY_BYTES)
                .withPidsLimit(PIDS)
                .withLogConfig(new LogConfig(LogConfig.LoggingType.NONE))
                .withAutoRemove(true));
  }

  private static Mount volume(String name, String target) {
    return new Mount().withType(MountType.VOLUME).withSource(name).withTarget(target);
  }

  /** An image without a file, so that none has to be brought to the device. */
  static boolean ensureImage(DockerClient client) {
    try {
      client.inspectImageCmd(IMAGE + ":" + TAG).exec();
    } catch (NotFoundException missing) {
      byte[] emptyTar = new byte[1024];
      PlainCall.post(client, "/images/create?fromSrc=-&repo=" + IMAGE + "&tag=" + TAG, emptyTar);
    }
    return true;
  }

  /** Attached first: what it says when it cannot start must not be missed. */
  private void start(String tried) throws EngineException, IOException {
    PipedInputStream input = new PipedInputStream(words);
    engine
        .client(tried)
        .attachContainerCmd(id)
        .withStdIn(input)
        .withStdOut(true)
        .withStdErr(true)
        .withFollowStream(true)
        .exec(answers);
    try {
      if (!answers.awaitStarted(STARTS_WITHIN.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new EngineException(Kind.TRANSIENT, tried + " failed: its streams are not given.");
      }
    } catch (InterruptedException e) {
      throw givenUp(tried, e);
    }
    engine.run(
        tried, DockerConnection.LONG, Set.of(304), client -> client.startContainerCmd(id).exec());
  }

  /** Whether it lives and has just those volumes. */
  boolean isFor(SortedMap<String, Way> wanted) {
    return ways.equals(wanted) && !answers.isOver();
  }

  void copy(String tried, boolean exactly, Duration limit) throws EngineException {
    try {
      words.write((exactly ? "exactly\n" : "copy\n").getBytes(StandardCharsets.UTF_8));
      words.flush();
      String answer = answers.next(limit);
      if (answer.isEmpty()) {
        throw new EngineException(
            Kind.TRANSIENT, "%s failed: no end within %d ms.".formatted(tried, limit.toMillis()));
      }
      if (!answer.startsWith("ok ")) {
        throw EngineFailure.of(tried, answer.replaceFirst("^failed ", ""));
      }
    } catch (IOException e) {
      throw EngineFailure.of(tried, answers.lastWords());
    } catch (InterruptedException e) {
      throw givenUp(tried, e);
    }
  }

  private static EngineException givenUp(String tried, InterruptedException e) {
    Thread.currentThread().interrupt();
    return new EngineException(Kind.TRANSIENT, tried + ": given up, the agent is stopping", e);
  }

  @Override
  public void close() throws EngineException {
    hangUp();
    remove(engine, id);
  }

  /** Ends the streams, and by that the program. */
  void hangUp() {
    try {
      words.close();
      answers.close();
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "closing the streams of container {0}: {1}", id, e);
    }
  }

  /** It may be removing itself already: 409. */
  static void remove(DockerConnection engine, String idOrName) throws EngineException {
    engine.run(
        "removing container " + idOrName,
        DockerConnection.LONG,
        Set.of(404, 409),
        client -> client.removeContainerCmd(idOrName).withForce(true).exec());
  }

  /** What the program says, line by line, until it ends. */
  private static final class Answers extends ResultCallback.Adapter<Frame> {
    private static final String OVER = "failed the program that copies has ended: ";
    private static final int MOST_CHARS = 500;

    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    private final StringBuilder line = new StringBuilder();
    private final StringBuilder other = new StringBuilder();
    private boolean isOver;

    @Override
    public synchronized void onNext(Frame frame) {
      String text = new String(frame.getPayload(), StandardCharsets.UTF_8);
      if (frame.getStreamType() == StreamType.STDERR) {
        note(text);
        return;
      }
      line.append(text);
      for (int end = line.indexOf("\n"); end >= 0; end = line.indexOf("\n")) {
        take(line.substring(0, end));
        line.delete(0, end + 1);
      }
    }

    /** The JVM writes its warnings there too. */
    private void take(String said) {
      if (said.startsWith("ok ") || said.startsWith("failed ")) {
        lines.add(said);
      } else {
        note(said + " ");
      }
    }

    private void note(String text) {
      other.append(
          text, 0, Math.min(text.length(), MOST_CHARS - Math.min(MOST_CHARS, other.length())));
    }

    @Override
    public synchronized void onComplete() {
      isOver = true;
      lines.add(lastWords());
      super.onComplete();
    }

    @Override
    public synchronized void onError(Throwable cause) {
      note(String.valueOf(cause));
      onComplete();
    }

    synchronized boolean isOver() {
      return isOver;
    }

    synchronized String lastWords() {
      return OVER + (other.length() == 0 ? "without a word" : other.toString().strip());
    }

    /** Empty where there was none in time. */
    String next(Duration limit) throws InterruptedException {
      String next = lines.poll(Math.max(0, limit.toNanos()), TimeUnit.NANOSECONDS);
      return next == null ? "" : next;
    }
  }
}
