package dev.bumpless.agent.docker;

import dev.bumpless.agent.swap.EngineException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Runs commands in running containers and streams their standard input and output. Any thread may
 * call.
 */
public final class StreamedExec {
  private final DockerConnection engine;
  private final ExecEnd end;

  public StreamedExec(DockerConnection engine) {
    this.engine = engine;
    this.end = new ExecEnd(engine);
  }

  /**
   * Runs a command and waits for its end. Its input ends when {@code in} does; where reading {@code
   * in} or writing {@code out} fails, or the limit is over, or the thread is interrupted, the
   * command is killed. {@code in} is closed at the end.
   *
   * @return with the last words that it wrote to its standard error, or why it did not start
   * @throws TimeoutException where it did not end within the limit; tells whether it was killed
   * @throws EngineException where it could not be run to its end
   */
  public DockerExec.Outcome run(
      String containerId, List<String> command, InputStream in, OutputStream out, Duration limit)
      throws EngineException, TimeoutException, InterruptedException {
    String tried = "running %s in container %.12s".formatted(command, containerId);
    long deadline = System.nanoTime() + limit.toNanos();
    String exec = create(tried, containerId, command, limit);
    CompletableFuture<Said> said = new CompletableFuture<>();
    try (in;
        AttachedExec attached = AttachedExec.open(engine.host())) {
      daemon("exec-output", () -> converse(attached, exec, in, out, said));
      try {
        Said words = said.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
        int code = end.await(tried, exec, deadline);
        return new DockerExec.Outcome(code, words.of(code));
      } catch (TimeoutException e) {
        throw new TimeoutException(
            "no end within %d ms; %s"
                .formatted(limit.toMillis(), kill(attached, containerId, exec)));
      } catch (ExecutionException e) {
        Throwable cause = e.getCause() == null ? e : e.getCause();
        if (cause instanceof AttachedExec.RefusedException) {
          throw EngineFailure.of(tried, String.valueOf(cause.getMessage()));
        }
        throw new EngineException(
            EngineException.Kind.TRANSIENT,
            "%s failed: %s; %s"
                .formatted(tried, cause.getMessage(), kill(attached, containerId, exec)),
            e);
      } catch (InterruptedException e) {
        kill(attached, containerId, exec);
        throw e;
      }
    } catch (IOException e) {
      throw EngineFailure.of(tried, e);
    }
  }

  private String create(String tried, String containerId, List<String> command, Duration limit)
      throws EngineException {
    return engine
        .call(
            tried,
            limit,
            client ->
                client
                    .execCreateCmd(containerId)
                    .withCmd(command.toArray(String[]::new))
                    .withAttachStdin(true)
                    .withAttachStdout(true)
                    .withAttachStderr(true)
                    .exec())
        .getId();
  }

  /** The input is fed once the command has started: what it writes before that is read later. */
  private static void converse(
      AttachedExec attached,
      String exec,
      InputStream in,
      OutputStream out,
      CompletableFuture<Said> said) {
    Said words = new Said(out);
    try {
      attached.start(exec);
      daemon("exec-input", () -> feed(attached, in, said));
      attached.read(words);
      said.complete(words);
    } catch (IOException | RuntimeException e) {
      said.completeExceptionally(e);
    }
  }

  private static void feed(AttachedExec attached, InputStream in, CompletableFuture<Said> said) {
    try {
      attached.feed(in);
    } catch (IOException | RuntimeException e) {
      said.completeExceptionally(e);
    }
  }

  /**
   * Before the streams are closed: for the command that would be the end of its input.
   *
   * @return what became of it, for a person
   */
  private String kill(AttachedExec attached, String containerId, String exec) {
    return attached.abandon() || end.kill(containerId, exec)
        ? "it was killed"
        : "it may still be running, as the engine cannot end it: restart the container";
  }

  private static void daemon(String name, Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.start();
  }
}
