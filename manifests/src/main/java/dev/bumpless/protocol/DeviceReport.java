package dev.bumpless.protocol;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * All that a device says of itself. The newest one replaces those before it, so a lost one costs
 * nothing; the device repeats it until the controller has acknowledged its number.
 *
 * @param boot made anew at each start of the agent; pairs a will with the life that it ends
 * @param number 1 and up within a boot
 * @param labels of its configuration; rollouts may target them
 * @param rejected what was refused lately and why, newest last, at most 16
 * @param leases who asks that nothing is swapped
 */
public record DeviceReport(
    DeviceId device,
    UUID boot,
    long number,
    Instant at,
    Inventory inventory,
    Map<String, String> labels,
    List<AppReport> apps,
    List<Rejection> rejected,
    List<UpdateLease> leases) {
  /** Where nothing changes a device reports so often. */
  public static final long HEARTBEAT_SECONDS = 600;

  public DeviceReport {
    labels = Map.copyOf(labels);
    apps = List.copyOf(apps);
    rejected = List.copyOf(rejected);
    leases = List.copyOf(leases);
  }

  /** Of a device where nobody has a lease. */
  public DeviceReport(
      DeviceId device,
      UUID boot,
      long number,
      Instant at,
      Inventory inventory,
      Map<String, String> labels,
      List<AppReport> apps,
      List<Rejection> rejected) {
    this(device, boot, number, at, inventory, labels, apps, rejected, List.of());
  }

  /** What the device is made of, {@link #UNKNOWN} while its engine was never there. */
  public record Inventory(
      String platform,
      String engineVersion,
      String agentVersion,
      long freeDiskBytes,
      long availableMemoryBytes) {
    public static final String UNKNOWN = "unknown";
  }

  /** Something that arrived and was not obeyed. */
  public record Rejection(Instant at, String code, String message) {}
}
