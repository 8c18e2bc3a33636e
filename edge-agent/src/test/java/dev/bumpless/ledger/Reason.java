package dev.bumpless.ledger;

/** Why a request was lost. */
public enum Reason {
  REFUSED,
  RESET,
  /** The connection ended in order before the answer began. */
  CLOSED,
  /** The connection ended inside an answer or a frame. */
  TRUNCATED,
  TIMEOUT,
  WRONG_STATUS,
  WRONG_ANSWER,
  ANSWERED_TWICE,
  /** What came is not the protocol. */
  GARBLED
}
