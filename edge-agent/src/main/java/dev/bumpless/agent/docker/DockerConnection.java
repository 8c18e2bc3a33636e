package dev.bumpless.agent.docker;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.model.Version;
import com.github.dockerjava.core.DockerClientImpl;
import com.github.dockerjava.core.RemoteApiVersion;
import com.github.dockerjava.zerodep.ZerodepDockerHttpClient;
import dev.bumpless.agent.swap.EngineException;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The one way to the engine: a client whose API version was agreed with the engine that answers
 * now, and a time limit on every call.
 *
 * <h2>Limits</h2>
 *
 * A unix socket has no read timeout in Java, so each call runs on a thread of a pool and is
 * interrupted when its time is over; the interrupt closes the socket.
 *
 * <h2>Engine restarts</h2>
 *
 * Pooled connections die with the engine and are found dead by the next call. Then the client is
 * thrown away, a new one agrees on the version again (it may be another engine by now), and the
 * call is made once more: every call that this package makes may be repeated.
 *
 * <p>Any thread may call.
 */
public final class DockerConnection implements AutoCloseable {
  static final Duration SHORT = Duration.ofSeconds(30);
  static final Duration LONG = Duration.ofMinutes(3);

  private static final int CONNECTIONS = 64;

  private final URI host;
  private final ExecutorService calls;
  private @Nullable DockerClient client;
  private boolean closed;

  /** Does not connect yet: the engine may appear later. */
  public DockerConnection(URI host) {
    this.host = host;
    this.calls =
        Executors.newCachedThreadPool(
            task -> {
              Thread thread = new Thread(task, "docker-call");
              thread.setDaemon(true);
              return thread;
            });
  }

  URI host() {
    return host;
  }

  /** One exchange with the engine. */
  @FunctionalInterface
  interface Call<T> {
    T with(DockerClient client);
  }

  /**
   * Makes a call; its failure is told in the words of {@code tried}.
   *
   * @param tried what is done and on what, as the start of a sentence: {@code creating container x}
   */
  <T extends @Nullable Object> T call(String tried, Duration limit, Call<T> call)
      throws EngineException {
    try {
      return timed(tried, limit, call);
    } catch (StaleConnectionException e) {
      forget();
    }
    try {
      return timed(tried, limit, call);
    } catch (StaleConnectionException e) {
      throw EngineFailure.of(tried, e.cause);
    }
  }

  <T extends @Nullable Object> T call(String tried, Call<T> call) throws EngineException {
    return call(tried, SHORT, call);
  }

  /**
   * A call without an answer.
   *
   * @param fine statuses of refusals that mean that all is as wanted: 304, 404
   */
  void run(String tried, Duration limit, Set<Integer> fine, Consumer<DockerClient> call)
      throws EngineException {
    call(
        tried,
        limit,
        found -> {
          try {
            call.accept(found);
          } catch (DockerException refused) {
            if (!fine.contains(refused.getHttpStatus())) {
              throw refused;
            }
          }
          return true;
        });
  }

  /** The client, for streams; they have threads of their own and end when they are closed. */
  DockerClient client(String tried) throws EngineException {
    return call(tried, found -> found);
  }

  @Override
  public void close() {
    synchronized (this) {
      closed = true;
    }
    forget();
    calls.shutdownNow();
  }

  private <T extends @Nullable Object> T timed(String tried, Duration limit, Call<T> call)
      throws EngineException, StaleConnectionException {
    Future<T> answer = calls.submit(() -> call.with(current()));
    try {
      return answer.get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      answer.cancel(true);
      throw new EngineException(
          EngineException.Kind.TRANSIENT,
          "%s: the engine at %s did not answer within %d s. It may be overloaded; see its log."
              .formatted(tried, host, limit.toSeconds()),
          e);
    } catch (InterruptedException e) {
      answer.cancel(true);
      Thread.currentThread().interrupt();
      throw new EngineException(
          EngineException.Kind.TRANSIENT, tried + ": given up, the agent is stopping", e);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      if (EngineFailure.isStale(cause)) {
        throw new StaleConnectionException(cause);
      }
      throw EngineFailure.of(tried, cause);
    }
  }

  private synchronized DockerClient current() {
    if (closed) {
      throw new IllegalStateException("the connection to the engine is closed");
    }
    if (client == null) {
      client = connect();
    }
    return client;
  }

  private DockerClient connect() {
    ZerodepDockerHttpClient transport =
        new ZerodepDockerHttpClient.Builder()
            .dockerHost(host)
            .maxConnections(CONNECTIONS)
            .connectionTimeout(Duration.ofSeconds(5))
            .build();
    try {
      Version engine =
          DockerClientImpl.getInstance(
                  new PlainClientConfig(host, RemoteApiVersion.unknown()), transport)
              .versionCmd()
              .exec();
      RemoteApiVersion version =
          ApiVersions.agree(engine.getApiVersion(), engine.getMinAPIVersion());
      return DockerClientImpl.getInstance(new PlainClientConfig(host, version), transport);
    } catch (RuntimeException e) {
      closeQuietly(transport, e);
      throw e;
    }
  }

  private void forget() {
    DockerClient old;
    synchronized (this) {
      old = client;
      client = null;
    }
    if (old != null) {
      closeQuietly(old, null);
    }
  }

  private static void closeQuietly(AutoCloseable resource, @Nullable Exception first) {
    try {
      resource.close();
    } catch (IOException e) {
      if (first != null) {
        first.addSuppressed(e);
      }
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** A pooled connection turned out dead before anything was answered on it. */
  private static final class StaleConnectionException extends Exception {
    private static final long serialVersionUID = 1L;
    private final Throwable cause;

    StaleConnectionException(Throwable cause) {
      super(cause);
      this.cause = cause;
    }
  }
}
