package dev.bumpless.cli;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;

/** The controller could not be asked; it may be there again in a moment. */
final class ControllerUnreachableException extends CliException {
  private static final long serialVersionUID = 1L;

  ControllerUnreachableException(URI base, IOException cause) {
    super(
        ExitCode.FAILED,
        "cannot reach the controller at " + base + ": " + reason(cause),
        "is it running (scripts/dev status, systemctl status bumpless-controller), and is"
            + " BUMPLESS_URL or --url right?");
    initCause(cause);
  }

  private static String reason(IOException cause) {
    if (cause instanceof HttpTimeoutException) {
      return "no answer in time";
    }
    for (Throwable inner = cause; inner != null; inner = inner.getCause()) {
      if (inner instanceof UnresolvedAddressException) {
        return "there is no host of that name";
      }
    }
    if (cause instanceof ConnectException && cause.getMessage() == null) {
      return "connection refused";
    }
    return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
  }
}
