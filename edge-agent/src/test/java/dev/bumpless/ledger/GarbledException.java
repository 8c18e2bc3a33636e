package dev.bumpless.ledger;

/** What came is not the protocol. */
final class GarbledException extends Exception {
  private static final long serialVersionUID = 1L;

  GarbledException(String message) {
    super(message);
  }
}
