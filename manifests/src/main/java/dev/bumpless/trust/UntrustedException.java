package dev.bumpless.trust;

/** An envelope that is not believed. Nothing of its payload was looked at. */
public final class UntrustedException extends Exception {
  private static final long serialVersionUID = 1L;

  /** Why, for a person and for counting. */
  public enum Code {
    /** No signature at all. */
    UNSIGNED,
    /** Signed for another purpose. */
    WRONG_TYPE,
    /** Signed, but by nobody whom the trust root names. */
    UNKNOWN_KEY,
    /** The signature does not fit the bytes, or is not in its one canonical form. */
    BAD_SIGNATURE,
    /** Signed by a trusted key that may not sign this. */
    WRONG_ROLE,
    /** Fewer distinct keys than the role asks for. */
    THRESHOLD,
    /** Larger than {@link Envelope#MAX_BYTES}. */
    TOO_LARGE,
    /** No envelope in its one canonical form. */
    MALFORMED
  }

  private final Code code;

  public UntrustedException(Code code, String message) {
    super(message);
    this.code = code;
  }

  public Code code() {
    return code;
  }

  /** Never null. */
  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }
}
