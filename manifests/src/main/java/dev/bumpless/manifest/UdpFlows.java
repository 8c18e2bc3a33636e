package dev.bumpless.manifest;

import java.time.Duration;

/**
 * What becomes of the flows of a UDP port; a flow is what one client sends from one port.
 *
 * @param idle without a datagram for so long, a flow is forgotten; 1 ms to 15 min
 */
public record UdpFlows(Duration idle, Moves moves) {
  public static final UdpFlows DEFAULT = new UdpFlows(Duration.ofSeconds(30), Moves.NOW);

  /** When a flow goes to the new slot. */
  public enum Moves {
    /** With its first datagram after the flip. */
    NOW,
    /** Once it was idle; at the latest when the drain ends. */
    IDLE
  }

  public UdpFlows {
    Limits.check("idle", idle, Limits.FLOW_IDLE);
  }
}
