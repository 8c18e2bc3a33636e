package dev.bumpless.router.table;

/** A command that was refused or failed; unless the message says otherwise nothing was changed. */
public final class TableException extends Exception {
  private static final long serialVersionUID = 1L;

  /** The word that a control answer starts with. */
  public enum Code {
    UNKNOWN_APP,
    /** The app is held by somebody else. */
    HELD,
    /** The hold has expired, was released, its connection is gone, or the record was changed. */
    HOLD_LOST,
    ADDRESS_IN_USE,
    /** The instance takes new requests; it cannot be drained. */
    SERVING,
    INVALID,
    /** No copy of the app's state is known, or it is not whole. */
    NO_COPY,
    /** State could not be made alike: an instance refused, was silent, or differs. */
    COPY_FAILED,
    /** The disk refused the write. */
    STORE_FAILED
  }

  private final Code code;

  public TableException(Code code, String message) {
    super(message);
    this.code = code;
  }

  public TableException(Code code, String message, Throwable cause) {
    super(message, cause);
    this.code = code;
  }

  public Code code() {
    return code;
  }
}
