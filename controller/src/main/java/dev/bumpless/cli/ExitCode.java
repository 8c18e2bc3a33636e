package dev.bumpless.cli;

/** What the caller's shell is told. */
enum ExitCode {
  DONE(0),
  /** Failed or rolled back, or the controller could not be asked. */
  FAILED(1),
  USAGE(2),
  TIMED_OUT(3),
  /** The controller or the device said no; nothing that runs was touched. */
  REJECTED(4);

  private final int code;

  ExitCode(int code) {
    this.code = code;
  }

  int code() {
    return code;
  }
}
