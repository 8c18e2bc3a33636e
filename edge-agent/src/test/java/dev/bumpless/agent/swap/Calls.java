package dev.bumpless.agent.swap;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * All calls of one life of the agent to its seams. Ends the life before or after one of them, as
 * {@code kill -9} would: from then on every call of that life throws, so that no {@code finally}
 * has an effect.
 */
public final class Calls {

  /** The agent's process is gone. */
  public static final class Crash extends Error {
    private static final long serialVersionUID = 1L;

    Crash(String where) {
      super("crash " + where);
    }
  }

  /** What a call throws instead of, or after, doing its work. */
  public record Failure(boolean isDone, boolean isPermanent, String message) {}

  private final List<String> log = new ArrayList<>();
  private final Set<Integer> failed = new HashSet<>();
  private int crashBefore = -1;
  private int crashAfter = -1;
  private boolean isDead;
  private Function<String, Optional<Failure>> failures = call -> Optional.empty();

  public Calls crashBefore(int call) {
    crashBefore = call;
    return this;
  }

  public Calls crashAfter(int call) {
    crashAfter = call;
    return this;
  }

  /** Asked at every call, with its name: {@code engine.create green/0}. */
  public Calls failing(Function<String, Optional<Failure>> chance) {
    failures = chance;
    return this;
  }

  /** The next life of the agent. */
  public void revive() {
    isDead = false;
    crashBefore = -1;
    crashAfter = -1;
    log.clear();
    failed.clear();
  }

  public boolean isDead() {
    return isDead;
  }

  public int count() {
    return log.size();
  }

  public List<String> log() {
    return List.copyOf(log);
  }

  /** What a fake does. */
  public interface Body<T, E extends Exception> {
    T run() throws E;
  }

  /** Makes the exception of a seam. */
  public interface Thrower<E extends Exception> {
    E make(Failure failure);
  }

  <T, E extends Exception> T call(String what, Thrower<E> thrower, Body<T, E> body) throws E {
    dieIf(isDead, "before " + what);
    int number = log.size();
    log.add(what);
    dieIf(number == crashBefore, "before " + what);
    failed.add(number);
    Optional<Failure> failure = failures.apply(what);
    if (failure.isPresent() && !failure.get().isDone()) {
      throw thrower.make(failure.get());
    }
    T result = body.run();
    dieIf(number == crashAfter, "after " + what);
    if (failure.isPresent()) {
      throw thrower.make(failure.get());
    }
    failed.remove(number);
    return result;
  }

  /** Whether that call of this life threw. */
  public boolean failedAt(int call) {
    return failed.contains(call);
  }

  private void dieIf(boolean now, String where) {
    if (now) {
      isDead = true;
      throw new Crash(where);
    }
  }
}
