package dev.bumpless.transport;

import java.io.IOException;

/** The broker could not be reached or did not answer. Worth trying again later. */
public final class TransportException extends IOException {
  private static final long serialVersionUID = 1L;

  public TransportException(String message, Throwable cause) {
    super(message, cause);
  }

  public TransportException(String message) {
    super(message);
  }

  /** Never null. */
  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }
}
