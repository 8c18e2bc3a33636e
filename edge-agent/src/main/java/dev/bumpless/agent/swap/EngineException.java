package dev.bumpless.agent.swap;

/**
 * The engine refused or failed. The message tells what was tried, on what, why it failed and what
 * to do.
 */
public final class EngineException extends Exception {
  private static final long serialVersionUID = 1L;

  /** Whether trying again can help; decided once, by the adapter. */
  public enum Kind {
    /** Engine not reachable, timed out, or busy: the same call may succeed later. */
    TRANSIENT,
    /** No such image, no such platform, bad option: the same call will fail again. */
    PERMANENT
  }

  private final Kind kind;

  public EngineException(Kind kind, String message, Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  public EngineException(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }
}
