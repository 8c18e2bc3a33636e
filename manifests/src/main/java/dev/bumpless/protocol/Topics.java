package dev.bumpless.protocol;

/**
 * The topics of a device, all under {@code bumpless/v1/d/{device}/}. A device may publish only
 * below its own {@code up/} and subscribe only to its own {@code down/}; the controller is the
 * mirror image. Nothing is retained but {@code up/presence}.
 */
public record Topics(DeviceId device) {
  private static final String ROOT = "bumpless/v1/d/";

  /** {@link Assignment}, controller to device. */
  public String order() {
    return down("order");
  }

  /** {@link ReportAck}, controller to device. */
  public String reportAck() {
    return down("ack");
  }

  /** Envelope of a {@link LogQuery}, controller to device. */
  public String logQuery() {
    return down("logs");
  }

  /** Everything that a device listens to. */
  public String allDown() {
    return down("#");
  }

  /** {@link Presence}, retained, also the will. */
  public String presence() {
    return up("presence");
  }

  /** {@link DeviceReport}. */
  public String report() {
    return up("report");
  }

  /** {@link PullProgress}. */
  public String pull() {
    return up("pull");
  }

  /** {@link DesiredRequest}. */
  public String desired() {
    return up("desired");
  }

  /** {@link LogChunk}. */
  public String logs() {
    return up("logs");
  }

  /** What the controller listens to: every device's {@code up/}. */
  public static String allUp() {
    return ROOT + "+/up/#";
  }

  /** The device that a topic belongs to. */
  public static DeviceId deviceOf(String topic) {
    if (!topic.startsWith(ROOT)) {
      throw new IllegalArgumentException("no device's topic: " + topic);
    }
    String rest = topic.substring(ROOT.length());
    int slash = rest.indexOf('/');
    return new DeviceId(slash < 0 ? rest : rest.substring(0, slash));
  }

  private String down(String leaf) {
    return ROOT + device + "/down/" + leaf;
  }

  private String up(String leaf) {
    return ROOT + device + "/up/" + leaf;
  }
}
