package dev.bumpless.agent.swap;

import dev.bumpless.manifest.AppName;
import dev.bumpless.manifest.RegisterRange;
import dev.bumpless.manifest.StatePolicy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;

/**
 * The router. Calls block for at most a few seconds and are made by the reconciler's worker
 * threads.
 *
 * <p>Contract: {@code RouteControlContract}, run on the fake and on the real router.
 */
public interface RouteControl {

  RouteTable table() throws RouteException;

  /**
   * Makes the app's routes and known targets exactly these, persisted before it returns. Opens
   * listeners that are new and closes those that are gone. Who serves is not touched; a serving
   * instance must stay among the targets. Idempotent.
   *
   * @param routes listening {@code address:port} to protocol
   */
  void define(
      AppName app,
      SortedMap<String, String> routes,
      Map<InstanceKey, SortedMap<String, String>> targets)
      throws RouteException;

  /**
   * Parks new requests of the app for at most {@code limit}; then everything parked goes to the old
   * instances and the hold is lost. Requests under way go on. One hold an app at a time.
   */
  Hold hold(AppName app, Duration limit) throws RouteException;

  /**
   * Waits until the instances have nothing under way; at {@code deadline} closes what is left:
   * WebSockets with 1012 at a frame boundary, others after their answer or cut.
   *
   * @return how many connections had to be cut
   */
  int drain(AppName app, SortedSet<InstanceKey> instances, Duration deadline) throws RouteException;

  /** What the router has seen of the instances since it started or since they were defined. */
  Map<InstanceKey, Traffic> traffic(AppName app) throws RouteException;

  /** Closes the app's listeners and forgets it. Missing is fine. */
  void remove(AppName app) throws RouteException;

  /**
   * Has the router keep the Modbus values of {@code to} like those of {@code from}, which has to be
   * the one that serves: first live, then by {@link Hold#sync}, and the other way round after a
   * flip in that hold. Returns at once; what does exactly that already is left alone. Both have to
   * be defined.
   *
   * @param skip values that are never written, beside those of {@code what}
   */
  void copy(
      AppName app,
      InstanceKey from,
      InstanceKey to,
      StatePolicy.Modbus what,
      List<RegisterRange> skip,
      String route)
      throws RouteException;

  /** The app's copy; empty where this life of the router knows of none. */
  Optional<StateCopy> copyOf(AppName app) throws RouteException;

  /** Values are copied and kept in step no longer. Missing is fine. */
  void forgetCopy(AppName app) throws RouteException;

  /** A hold that was taken; closing it releases what is parked. Idempotent. */
  interface Hold extends AutoCloseable {
    /**
     * Makes {@code serving} the instances that new requests go to: one fsynced write for all routes
     * of the app. What is parked stays parked until the hold is closed.
     *
     * @throws RouteException {@code HOLD_LOST} when it came too late: nothing was changed
     */
    void flip(SortedSet<InstanceKey> serving) throws RouteException;

    /**
     * Makes the two sides of the app's copy alike, verified, and as long as the hold lasts. What
     * was under way at the source has ended then.
     *
     * @throws RouteException {@code STATE} where it could not: who serves has not changed
     */
    void sync() throws RouteException;

    /** Lets go what is parked. @return how long requests could have been parked */
    Duration release() throws RouteException;

    @Override
    void close();
  }

  /**
   * All but {@code underway} are counts that only grow, from zero when the router starts or the
   * instance is defined anew.
   *
   * @param underway requests or connections that are open now
   * @param answered requests, or connections that have ended
   * @param failures refused or reset before a byte of answer, and answers that timed out
   * @param errors answers by which the instance itself says that it failed (HTTP 5xx, Modbus
   *     exceptions), and those that broke off
   * @param timeouts of the failures those that timed out
   * @param times what the answers took
   */
  record Traffic(
      long underway, long answered, long failures, long errors, long timeouts, AnswerTimes times) {

    /** Failures that were not for want of time: refused, reset, or nonsense. */
    long breaks() {
      return failures - timeouts;
    }

    /** Nothing is wrong but the failures. */
    public Traffic(long underway, long answered, long failures) {
      this(underway, answered, failures, 0, 0, AnswerTimes.NONE);
    }
  }
}
