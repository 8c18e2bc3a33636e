package dev.bumpless.router.modbus.state;

/** Why an instance's state could not be copied, for a person; names the instance. */
final class Fault extends Exception {
  private static final long serialVersionUID = 1L;
  private static final int ILLEGAL_DATA_ADDRESS = 2;

  private final int code;

  Fault(String message) {
    this(message, 0);
  }

  /**
   * @param code of the exception that was answered; 0 where none was
   */
  Fault(String message, int code) {
    super(message);
    this.code = code;
  }

  String why() {
    return String.valueOf(getMessage());
  }

  /** Whether the instance has no such value. */
  boolean isNoSuchAddress() {
    return code == ILLEGAL_DATA_ADDRESS;
  }
}
