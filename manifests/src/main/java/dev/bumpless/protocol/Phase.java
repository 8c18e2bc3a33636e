package dev.bumpless.protocol;

import java.util.EnumSet;

/** Where a swap is, in the words of REST and the CLI too. */
public enum Phase {
  RECEIVED,
  VERIFIED,
  PREFLIGHT,
  PULLING,
  STAGED,
  WAITING,
  STARTING,
  PROBING,
  REPLICATING,
  COMPARING,
  SWITCHING,
  BAKING,
  ROLLING_BACK,
  COMMITTED,
  ROLLED_BACK,
  REJECTED,
  SUPERSEDED,
  EXPIRED,
  CANCELLED,
  UNCHANGED,
  INCONSISTENT,
  /** The app was stopped or deleted as ordered. */
  STOPPED,
  DELETED;

  private static final EnumSet<Phase> SUCCESS = EnumSet.of(COMMITTED, UNCHANGED, STOPPED, DELETED);
  private static final EnumSet<Phase> FAILURE =
      EnumSet.of(ROLLED_BACK, REJECTED, SUPERSEDED, EXPIRED, CANCELLED, INCONSISTENT);

  private static final EnumSet<Phase> STAGING =
      EnumSet.of(RECEIVED, VERIFIED, PREFLIGHT, PULLING, STAGED, WAITING);

  /** Whether it has not begun: it is made ready, or waits, and nothing that runs was touched. */
  public boolean isStaging() {
    return STAGING.contains(this);
  }

  /** Whether nothing more will happen until somebody asks. */
  public boolean isFinal() {
    return SUCCESS.contains(this) || FAILURE.contains(this);
  }

  /** Whether what was asked for is so. */
  public boolean isSuccess() {
    return SUCCESS.contains(this);
  }
}
