package dev.bumpless.agent;

/** The configuration cannot be used; the message tells where and why. */
final class InvalidConfigException extends Exception {
  private static final long serialVersionUID = 1L;

  InvalidConfigException(String message) {
    super(message);
  }
}
