package dev.bumpless.agent.lease;

/** A lease that is not given: a code for programs, and what to do for a person. */
final class Refusal extends Exception {
  private static final long serialVersionUID = 1L;
  private final String code;

  Refusal(String code, String message) {
    super(message, null, false, false);
    this.code = code;
  }

  /** {@code CODE message}. */
  String line() {
    return code + " " + getMessage();
  }
}
