package dev.bumpless.router.table;

/**
 * A request (HTTP) or connection (TCP) that wants an instance. For each call of {@link Gate#claim}
 * exactly one of {@link #claimed} and {@link #refused} is called, either before that call returns
 * or, when it was parked, later by another thread; neither may block. Only one that called {@link
 * Gate#leave} while it was parked is told of nothing.
 */
public interface Waiter {
  /** The route that it came in by. */
  Endpoint route();

  /** Whether it was there already and shall not go there again. */
  boolean hasTried(Backend backend);

  /**
   * Whether, when all that serve have been tried, the instances that served before may answer it:
   * they are warm until they are defined away, but what it writes there can be lost.
   */
  boolean mayGoBack();

  /** Memory that it occupies while parked. */
  int parkedBytes();

  /** It goes to this backend, which counts it until {@link Backend#finished} is called. */
  void claimed(Backend backend);

  void refused(Refusal why);

  /** Why a request gets no instance. */
  enum Refusal {
    /** No instance serves this route: the app is stopped, or not flipped to one yet. */
    NOBODY_SERVES,
    /** All that serve have been tried. */
    ALL_TRIED,
    /** A hold is on and as many are parked as may be. */
    TOO_MANY_PARKED
  }
}
