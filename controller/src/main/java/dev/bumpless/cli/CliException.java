package dev.bumpless.cli;

import java.util.List;

/** A verb that could not be carried out: what the person is told, and what the shell. */
sealed class CliException extends RuntimeException permits ControllerUnreachableException, Refusal {
  private static final long serialVersionUID = 1L;

  private final ExitCode exitCode;
  private final String hint;
  private final transient List<String> details;

  /**
   * @param hint what to do next; empty if there is nothing to add
   * @param details further lines, as {@code file:line:col: message}
   */
  CliException(ExitCode exitCode, String message, String hint, List<String> details) {
    super(message);
    this.exitCode = exitCode;
    this.hint = hint;
    this.details = List.copyOf(details);
  }

  CliException(ExitCode exitCode, String message, String hint) {
    this(exitCode, message, hint, List.of());
  }

  final ExitCode exitCode() {
    return exitCode;
  }

  final String hint() {
    return hint;
  }

  final List<String> details() {
    return details;
  }
}
