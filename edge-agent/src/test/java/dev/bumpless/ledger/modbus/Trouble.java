package dev.bumpless.ledger.modbus;

import java.util.Locale;

/** What must not happen to a master. */
public enum Trouble {
  /**
   * A read of what the register may not hold: an acknowledged write is lost, or an old one back.
   */
  LOST,
  WENT_BACK,
  EXCEPTION,
  UNANSWERED,
  /** Another id, unit, protocol or function, or other values than were written. */
  WRONG_ANSWER,
  DISCONNECTED,
  NOT_CONNECTED;

  String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
