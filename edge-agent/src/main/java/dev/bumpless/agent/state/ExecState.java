package dev.bumpless.agent.state;

import dev.bumpless.agent.swap.StateTransfer.Side;
import dev.bumpless.agent.swap.TransferException;
import dev.bumpless.manifest.StatePolicy;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The old version's export and the new one's import at the same time, what the one writes being
 * what the other reads.
 *
 * <p>The import's input ends when the export has ended with 0, and not before: otherwise a part of
 * the state would look like all of it. Where either fails, the other is killed.
 */
record ExecState(StatePolicy.Exec policy, ContainerCommands commands) implements KindOfState {
  private static final Duration KILLED_WITHIN = Duration.ofSeconds(10);

  @Override
  public void bring(Side from, Side to, Duration limit) throws TransferException {
    Command export = Command.of("export", from, policy.container(), policy.exporting());
    Command load = Command.of("import", to, policy.container(), policy.importing());
    ExecutorService threads = Executors.newFixedThreadPool(2, ExecState::thread);
    try (StatePipe pipe = StatePipe.open()) {
      ExecutorCompletionService<Boolean> ends = new ExecutorCompletionService<>(threads);
      Future<Boolean> exported = ends.submit(() -> export(export, pipe, limit));
      Future<Boolean> loaded = ends.submit(() -> load(load, pipe, limit));
      Optional<TransferException> failure = failure(ends.take());
      if (failure.isEmpty()) {
        failure = failure(ends.take());
      } else if (isLate(failure.get())) {
        failure = toBlame(failure(exported), failure(loaded), pipe);
      }
      end(threads);
      if (failure.isPresent()) {
        throw failure.get();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TransferException(export + " was given up, the agent is stopping", e);
    } finally {
      threads.shutdownNow();
    }
  }

  private boolean export(Command export, StatePipe pipe, Duration limit)
      throws TransferException, InterruptedException {
    export.run(commands, InputStream.nullInputStream(), pipe.sink(), limit);
    pipe.end();
    return true;
  }

  private boolean load(Command load, StatePipe pipe, Duration limit)
      throws TransferException, InterruptedException {
    load.run(commands, pipe.source(), OutputStream.nullOutputStream(), limit);
    return true;
  }

  private static void end(ExecutorService threads) throws InterruptedException {
    threads.shutdownNow();
    if (!threads.awaitTermination(KILLED_WITHIN.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new IllegalStateException("a command was not given up within " + KILLED_WITHIN);
    }
  }

  /** Each waits for the other, and so both come to the deadline that they have in common. */
  private static Optional<TransferException> toBlame(
      Optional<TransferException> export, Optional<TransferException> load, StatePipe pipe) {
    return load.isPresent() && pipe.waitsForReader() ? load : export.or(() -> load);
  }

  private static boolean isLate(TransferException failure) {
    return failure.getCause() instanceof TimeoutException;
  }

  /** Waits for the end. Empty also for what was given up because of the other. */
  private static Optional<TransferException> failure(Future<Boolean> end)
      throws InterruptedException {
    try {
      end.get();
      return Optional.empty();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof TransferException failure) {
        return Optional.of(failure);
      }
      if (e.getCause() instanceof InterruptedException) {
        return Optional.empty();
      }
      throw new IllegalStateException(e.getCause());
    }
  }

  private static Thread thread(Runnable task) {
    Thread thread = new Thread(task, "state-exec");
    thread.setDaemon(true);
    return thread;
  }
}
