package dev.bumpless.ledger;

/** A shape at work. */
interface Client {
  /** Sends the next request, which is due at {@code due}, without waiting for any other. */
  void fire(long due);
}
