package dev.bumpless.ledger;

/** One line of the ledger. Owned by the loop's thread. */
final class Request {
  /** What became of it. */
  enum State {
    OPEN,
    ANSWERED,
    FAILED
  }

  private final String token;
  private final long due;
  private boolean waiting;
  private State state = State.OPEN;

  Request(String token, long due) {
    this.token = token;
    this.due = due;
  }

  /** {@code keepalive-17.}, in no other request and inside of none. */
  String token() {
    return token;
  }

  /** When the whole of it should have been sent, in {@link Loop#now()} nanoseconds. */
  long due() {
    return due;
  }

  State state() {
    return state;
  }

  boolean isOpen() {
    return state == State.OPEN;
  }

  /** Whether its due time has come, so that somebody now waits for the answer. */
  boolean isWaiting() {
    return waiting;
  }

  void fallsDue() {
    waiting = true;
  }

  void settle(State as) {
    state = as;
  }
}
