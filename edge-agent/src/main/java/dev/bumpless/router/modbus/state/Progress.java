package dev.bumpless.router.modbus.state;

import java.util.Locale;

/**
 * How far a copy is, for who looks. One thread at a time writes, any reads.
 *
 * @param round how often changes were gathered
 * @param values that are copied
 * @param copied how many had to be written so far
 * @param left of the round
 * @param holes what the source does not have
 * @param reason why it failed, or empty
 */
record Progress(
    Phase phase, int round, int values, long copied, int left, String holes, String reason) {

  enum Phase {
    COPYING,
    VERIFYING,
    WHOLE,
    FAILED,
    ENDED;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  static Progress begun(int values) {
    return new Progress(Phase.COPYING, 1, values, 0, values, "none", "");
  }

  boolean isOver() {
    return phase == Phase.FAILED || phase == Phase.ENDED;
  }

  Progress in(Phase next) {
    return new Progress(next, round, values, copied, left, holes, reason);
  }

  Progress inRound(int next) {
    return new Progress(phase, next, values, copied, left, holes, reason);
  }

  Progress having(int allValues, String allHoles) {
    return new Progress(phase, round, allValues, copied, left, allHoles, reason);
  }

  Progress brought(int more, int nowLeft) {
    return new Progress(phase, round, values, copied + more, nowLeft, holes, reason);
  }

  Progress failed(String why) {
    return new Progress(Phase.FAILED, round, values, copied, left, holes, why);
  }
}
