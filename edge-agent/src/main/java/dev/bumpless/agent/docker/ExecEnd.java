package dev.bumpless.agent.docker;

import com.github.dockerjava.api.command.InspectExecResponse;
import dev.bumpless.agent.swap.EngineException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * How commands in containers end, by themselves or by force. Any thread may call.
 *
 * <p>The engine has no call that ends one. Its process number on the device is known from the
 * engine, its number in the container from {@code /proc}; a {@code kill} in the container, which
 * needs a shell there, ends its whole process group.
 */
final class ExecEnd {
  private static final Duration KILL = Duration.ofSeconds(3);
  private static final Duration GONE = Duration.ofSeconds(2);
  private static final Duration LOOK = Duration.ofMillis(5);
  private static final String NUMBERS = "NSpid:";

  private final DockerConnection engine;

  ExecEnd(DockerConnection engine) {
    this.engine = engine;
  }

  /**
   * The exit code; the engine knows it some moments after the command's outputs are closed.
   *
   * @param deadlineNanos of {@link System#nanoTime}
   */
  int await(String tried, String exec, long deadlineNanos)
      throws EngineException, InterruptedException, TimeoutException {
    while (true) {
      InspectExecResponse seen = engine.call(tried, client -> client.inspectExecCmd(exec).exec());
      Long code = seen.getExitCodeLong();
      if (code != null && hasEnded(seen)) {
        return code.intValue();
      }
      if (System.nanoTime() >= deadlineNanos) {
        throw new TimeoutException(tried);
      }
      TimeUnit.NANOSECONDS.sleep(LOOK.toNanos());
    }
  }

  /**
   * Whether the command does not run any more when this returns.
   *
   * @param exec was asked to start; may not have started yet
   */
  boolean kill(String containerId, String exec) {
    boolean interrupted = Thread.interrupted();
    try {
      return killed(containerId, exec);
    } catch (EngineException | IOException | TimeoutException e) {
      return false;
    } catch (InterruptedException e) {
      interrupted = true;
      return false;
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private boolean killed(String containerId, String exec)
      throws EngineException, IOException, TimeoutException, InterruptedException {
    String tried = "ending a command in container %.12s".formatted(containerId);
    InspectExecResponse seen = begun(tried, exec);
    if (hasEnded(seen)) {
      return true;
    }
    Optional<String> number = numberInside(seen);
    if (number.isPresent()) {
      List<String> command = List.of("sh", "-c", "kill -KILL -" + number.get());
      new DockerExec(engine).run(containerId, command, KILL);
    }
    await(tried, exec, System.nanoTime() + GONE.toNanos());
    return true;
  }

  /**
   * Waits until it has a process, or has ended. Of one that is just starting the engine tells that
   * it does not run, and then that it runs as process 0.
   */
  private InspectExecResponse begun(String tried, String exec)
      throws EngineException, TimeoutException, InterruptedException {
    long deadline = System.nanoTime() + GONE.toNanos();
    while (true) {
      InspectExecResponse seen = engine.call(tried, client -> client.inspectExecCmd(exec).exec());
      if (hasNumber(seen) || hasEnded(seen)) {
        return seen;
      }
      if (System.nanoTime() >= deadline) {
        throw new TimeoutException(tried);
      }
      TimeUnit.NANOSECONDS.sleep(LOOK.toNanos());
    }
  }

  private static boolean hasNumber(InspectExecResponse seen) {
    Long number = seen.getPidLong();
    return Boolean.TRUE.equals(seen.isRunning()) && number != null && number > 0;
  }

  private static boolean hasEnded(InspectExecResponse seen) {
    return Boolean.FALSE.equals(seen.isRunning()) && seen.getExitCodeLong() != null;
  }

  /**
   * Last in the line of its numbers in each namespace, from the device's inwards: proc(5). Empty
   * where it has just ended, or this device is not the engine's.
   */
  private static Optional<String> numberInside(InspectExecResponse seen) throws IOException {
    Long outside = seen.getPidLong();
    if (outside == null || outside <= 0) {
      return Optional.empty();
    }
    try (var lines = Files.lines(Path.of("/proc", outside.toString(), "status"))) {
      return lines
          .filter(line -> line.startsWith(NUMBERS))
          .map(line -> line.substring(line.lastIndexOf('\t') + 1).strip())
          .findFirst();
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }
}
