package dev.bumpless.agent.swap;

/**
 * How far the router's copy of an app's Modbus values is.
 *
 * @param id of this copy; begins with the router's boot id
 * @param from whose values are carried
 * @param values that are copied
 * @param copied how many had to be written so far
 * @param dirty how many are known to differ, or may
 * @param wayBack whether what was served before is kept in step
 * @param reason why it failed or why the way back is closed, or empty
 */
public record StateCopy(
    String id,
    InstanceKey from,
    InstanceKey to,
    Phase phase,
    int values,
    long copied,
    long dirty,
    WayBack wayBack,
    String reason) {

  /** The router's words. */
  public enum Phase {
    COPYING,
    VERIFYING,
    /** Both are alike but for what is on its way. */
    WHOLE,
    FAILED,
    ENDED
  }

  /** Whether writes since the flip are carried back. */
  public enum WayBack {
    /** Nothing was flipped yet. */
    NONE,
    OPEN,
    CLOSED
  }

  boolean leads(InstanceKey source, InstanceKey target) {
    return from.equals(source) && to.equals(target);
  }

  boolean isOver() {
    return phase == Phase.FAILED || phase == Phase.ENDED;
  }
}
