package dev.bumpless.agent.docker;

import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.model.Frame;
import dev.bumpless.agent.swap.EngineException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs commands in running containers. Any thread may call. */
public final class DockerExec {
  private static final int MAX_OUTPUT_BYTES = 4096;

  private final DockerConnection engine;

  public DockerExec(DockerConnection engine) {
    this.engine = engine;
  }

  /**
   * How a command ended.
   *
   * @param output the first 4 KiB of what it wrote
   */
  public record Outcome(int exitCode, String output) {}

  /**
   * Runs a command and waits for its end.
   *
   * @throws EngineException also where it has not ended in time; the engine has no way to kill it,
   *     so it may still be running
   */
  public Outcome run(String containerId, List<String> command, Duration timeout)
      throws EngineException {
    String tried = "running %s in container %.12s".formatted(command, containerId);
    String exec =
        engine
            .call(
                tried,
                timeout,
                client ->
                    client
                        .execCreateCmd(containerId)
                        .withCmd(command.toArray(String[]::new))
                        .withAttachStdout(true)
                        .withAttachStderr(true)
                        .exec())
            .getId();
    Output output = new Output();
    await(tried, exec, output, timeout);
    Long exitCode =
        engine.call(tried, client -> client.inspectExecCmd(exec).exec().getExitCodeLong());
    return new Outcome(exitCode == null ? -1 : exitCode.intValue(), output.text());
  }

  private void await(String tried, String exec, Output output, Duration timeout)
      throws EngineException {
    try (output) {
      engine.client(tried).execStartCmd(exec).exec(output);
      if (!output.awaitCompletion(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new EngineException(
            EngineException.Kind.TRANSIENT,
            "%s failed: no end within %d ms.".formatted(tried, timeout.toMillis()));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new EngineException(EngineException.Kind.TRANSIENT, tried + ": given up", e);
    } catch (IOException | RuntimeException e) {
      throw EngineFailure.of(tried, e);
    }
  }

  private static final class Output extends ResultCallback.Adapter<Frame> {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    @Override
    public void onNext(Frame frame) {
      synchronized (bytes) {
        int room = MAX_OUTPUT_BYTES - bytes.size();
        bytes.write(frame.getPayload(), 0, Math.min(room, frame.getPayload().length));
      }
    }

    String text() {
      synchronized (bytes) {
        return bytes.toString(StandardCharsets.UTF_8).strip();
      }
    }
  }
}
