package dev.bumpless.agent.swap;

/** The router could not be reached, or refused. Nothing was changed unless said otherwise. */
public final class RouteException extends Exception {
  private static final long serialVersionUID = 1L;

  /** What became of the call. */
  public enum Kind {
    /** Not reachable or no answer: for a flip, ask the table whether it was applied. */
    UNREACHABLE,
    /** The hold has expired, was released, or its connection is gone. */
    HOLD_LOST,
    /** A listening address is taken by another program or another app. */
    ADDRESS_IN_USE,
    /** State could not be made alike. */
    STATE,
    /** The call itself is wrong. */
    REFUSED
  }

  private final Kind kind;

  public RouteException(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  public RouteException(Kind kind, String message, Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }
}
