package dev.bumpless.agent.health;

/** One of two versions gave no answer that could be compared. */
final class NoAnswerException extends Exception {
  private static final long serialVersionUID = 1L;

  /** What was asked. */
  private final String place;

  /**
   * @param who {@code the old version}
   */
  NoAnswerException(String place, String who, Exception why) {
    super(who + ": " + why.getMessage(), why);
    this.place = place;
  }

  void tell(Findings findings) {
    findings.differs(place, String.valueOf(getMessage()));
  }
}
