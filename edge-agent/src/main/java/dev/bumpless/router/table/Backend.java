package dev.bumpless.router.table;

import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * An instance as it runs: where it listens and what it has under way. Lives as long as its targets
 * stay the same; a new container in the same place is a new backend with new counters. Any thread.
 */
public final class Backend {
  private static final long SHUNNED_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Instance instance;
  private final SortedMap<Endpoint, Endpoint> targets;
  private final Map<Endpoint, InetSocketAddress> addresses = new HashMap<>();
  private final AtomicInteger underway = new AtomicInteger();
  private final AtomicLong answered = new AtomicLong();
  private final AtomicLong errors = new AtomicLong();
  private final AtomicLong failures = new AtomicLong();
  private final AtomicLong timeouts = new AtomicLong();
  private final AtomicLong refused = new AtomicLong();
  private final AnswerTimes times = new AnswerTimes();
  private final AtomicLong bytesIn = new AtomicLong();
  private final AtomicLong bytesOut = new AtomicLong();
  private volatile long shunnedUntilNanos;

  Backend(Instance instance, SortedMap<Endpoint, Endpoint> targets) {
    this.instance = instance;
    this.targets = targets;
    targets.forEach((route, target) -> addresses.put(route, target.address()));
  }

  public Instance instance() {
    return instance;
  }

  boolean feeds(SortedMap<Endpoint, Endpoint> sameTargets) {
    return targets.equals(sameTargets);
  }

  /** Where it takes what comes in by the route, or null where it takes none of it. */
  public @Nullable InetSocketAddress address(Endpoint route) {
    return addresses.get(route);
  }

  /** Only the gate counts in, under its lock; see the argument there. */
  void claimed() {
    underway.incrementAndGet();
  }

  /** Ends a claim. Exactly once for each. */
  public void finished() {
    underway.decrementAndGet();
  }

  /** What has no answer that could be timed has ended in good order. */
  public void answered() {
    answered.incrementAndGet();
  }

  /**
   * @param isError whether the instance itself says that it failed
   * @param nanos from the end of the request to the begin of the answer
   */
  public void answered(boolean isError, long nanos) {
    answered.incrementAndGet();
    if (isError) {
      errors.incrementAndGet();
    }
    times.add(nanos);
  }

  /** An answer that was begun will never be whole. */
  public void brokeOff() {
    errors.incrementAndGet();
  }

  /** No answer that can be passed on. */
  public void failed() {
    failures.incrementAndGet();
  }

  /** Not dialled, or ended before a byte of answer. */
  public void refused() {
    failed();
    refused.incrementAndGet();
  }

  /** No answer in time. */
  public void timedOut() {
    failed();
    timeouts.incrementAndGet();
  }

  /**
   * A connection to it could not be made: for a second others are preferred. The address of a
   * container that died refuses nobody, it is silent, and each attempt would cost its whole time.
   */
  public void unreachable() {
    refused();
    // Zero stands for never.
    shunnedUntilNanos = (System.nanoTime() + SHUNNED_NANOS) | 1;
  }

  boolean isShunned() {
    long until = shunnedUntilNanos;
    return until != 0 && System.nanoTime() - until < 0;
  }

  /** Payload from clients, in bytes. */
  public void received(long bytes) {
    bytesIn.addAndGet(bytes);
  }

  /** Payload to clients, in bytes. */
  public void sent(long bytes) {
    bytesOut.addAndGet(bytes);
  }

  boolean isBetterThan(Backend other) {
    boolean shunned = isShunned();
    return shunned == other.isShunned() ? underway() < other.underway() : !shunned;
  }

  public int underway() {
    return underway.get();
  }

  public Traffic traffic() {
    return new Traffic(
        underway.get(),
        answered.get(),
        errors.get(),
        failures.get(),
        timeouts.get(),
        refused.get(),
        bytesIn.get(),
        bytesOut.get(),
        times.toString());
  }

  /**
   * What has passed since the backend is known; bytes are payload, heads of HTTP not counted.
   *
   * @param errors answers by which the instance itself says that it failed, or that broke off
   * @param failures requests that got no answer of it: timeouts, refused, and nonsense
   * @param times how many answers took how long
   */
  public record Traffic(
      int underway,
      long answered,
      long errors,
      long failures,
      long timeouts,
      long refused,
      long bytesIn,
      long bytesOut,
      String times) {
    @Override
    public String toString() {
      return ("underway=%d answered=%d errors=%d failures=%d timeouts=%d refused=%d bytes-in=%d"
              + " bytes-out=%d times=%s")
          .formatted(
              underway, answered, errors, failures, timeouts, refused, bytesIn, bytesOut, times);
    }
  }
}
