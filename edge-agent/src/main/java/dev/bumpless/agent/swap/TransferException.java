package dev.bumpless.agent.swap;

/** State could not be carried, or a hook failed. The message tells what, where and why. */
public final class TransferException extends Exception {
  private static final long serialVersionUID = 1L;

  public TransferException(String message) {
    super(message);
  }

  public TransferException(String message, Throwable cause) {
    super(message, cause);
  }
}
