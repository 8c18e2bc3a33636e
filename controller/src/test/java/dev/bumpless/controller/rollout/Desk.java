package dev.bumpless.controller.rollout;

import dev.bumpless.controller.SomeApps;
import dev.bumpless.controller.audit.MemoryAuditLog;
import dev.bumpless.controller.fleet.Fleet;
import dev.bumpless.controller.fleet.MemoryFleetStore;
import dev.bumpless.controller.fleet.Selection;
import dev.bumpless.controller.release.FakeKeys;
import dev.bumpless.controller.release.FakeRegistry;
import dev.bumpless.controller.release.MemoryReleaseStore;
import dev.bumpless.controller.release.ReleaseService;
import dev.bumpless.manifest.AppName;
import dev.bumpless.protocol.AppReport;
import dev.bumpless.protocol.DeviceId;
import dev.bumpless.protocol.DeviceReport;
import dev.bumpless.protocol.DeviceReport.Inventory;
import dev.bumpless.protocol.MessageCodec;
import dev.bumpless.protocol.Order;
import dev.bumpless.protocol.Phase;
import dev.bumpless.protocol.Presence;
import dev.bumpless.protocol.Revision;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/** The heart with fakes around it, and devices that say what a test wants them to say. */
final class Desk {
  static final AppName PUMP = new AppName("pump");
  static final Instant START = Instant.parse("2026-11-25T10:00:00Z");

  private static final MessageCodec CODEC = new MessageCodec(new SomeApps());

  final MessageCodec codec = CODEC;
  final Set<DeviceId> enrolled = new TreeSet<>();
  final FakeRegistry registry = new FakeRegistry();
  final MemoryRolloutStore rolloutStore = new MemoryRolloutStore();
  final MemoryOrderStore orderStore = new MemoryOrderStore();
  final Fleet fleet = new Fleet(new MemoryFleetStore(), () -> Set.copyOf(enrolled));
  final MemoryReleaseStore releaseStore = new MemoryReleaseStore();
  final FakeKeys keys = new FakeKeys(codec);
  final ReleaseService releases = new ReleaseService(releaseStore, registry, keys, new SomeApps());
  final OrderBook book = new OrderBook(orderStore, releaseStore, keys);
  final MemoryAuditLog audit = new MemoryAuditLog();
  final Rollouts rollouts = new Rollouts(rolloutStore, orderStore, book, releases, fleet, audit);
  Instant now = START;

  /** What every device says that it is made of. */
  Inventory inventory = new Inventory("linux/amd64", "20.10.24", "0.1.0", 1L << 30, 1L << 30);

  private final UUID boot = new UUID(0, 1);
  private final Map<DeviceId, Map<AppName, AppReport>> said = new HashMap<>();
  private final Map<DeviceId, Long> numbers = new HashMap<>();

  DeviceId device(String name) {
    DeviceId id = new DeviceId(name);
    enrolled.add(id);
    return id;
  }

  DeviceId online(String name) {
    DeviceId id = device(name);
    fleet.heard(new Presence(id, boot, 1, true, 0), now);
    return id;
  }

  void offline(DeviceId device) {
    fleet.heard(new Presence(device, boot, 1, false, numbers.getOrDefault(device, 0L)), now);
  }

  /** What a person is told of each device of a rollout. */
  List<TargetStatus> statuses(Rollout rollout) {
    Map<DeviceId, String> waiting = RolloutPlanner.waiting(rollout, now);
    return rollout.targets().stream()
        .map(
            target ->
                TargetStatus.of(
                    rollout,
                    target,
                    fleet.device(target.device()).orElseThrow(),
                    Optional.empty(),
                    Optional.ofNullable(waiting.get(target.device()))))
        .toList();
  }

  Rollout apply(String image, Selection selection) {
    return apply("pump", image, 502, selection);
  }

  Rollout apply(String name, String image, int port, Selection selection) {
    return start(new Command.Apply(SomeApps.app(name, image, port)), selection);
  }

  Rollout start(Command command, Selection selection) {
    now = now.plusSeconds(1);
    return rollouts.start(command, selection, now);
  }

  Rollout start(Command command) {
    return start(command, Selection.NONE);
  }

  static Selection on(DeviceId... devices) {
    return new Selection(List.of(devices), Map.of(), false);
  }

  /** The device's newest order for the pump. */
  Order order(DeviceId device) {
    return orderStore.ordersOf(device).stream()
        .map(StoredOrder::order)
        .filter(order -> order.app().equals(PUMP))
        .findFirst()
        .orElseThrow();
  }

  Revision revision(DeviceId device) {
    return ((Order.Run) order(device).action()).revision();
  }

  /** The device says how far it is with its newest order for the pump. */
  void says(DeviceId device, Phase phase) {
    says(device, order(device), phase);
  }

  void says(DeviceId device, Order order, Phase phase) {
    says(device, order, phase, Optional.empty());
  }

  /**
   * @param gap as the device measured it
   */
  void says(DeviceId device, Order order, Phase phase, Optional<Duration> gap) {
    now = now.plusSeconds(1);
    Optional<Revision> revision =
        order.action() instanceof Order.Run run ? Optional.of(run.revision()) : Optional.empty();
    AppReport report =
        new AppReport(
            order.app(),
            order.id(),
            order.sequence(),
            phase,
            revision,
            serving(device, order.app(), revision.filter(r -> phase.isSuccess())),
            Optional.of("blue"),
            gap,
            Optional.empty(),
            Optional.empty(),
            List.of(),
            phase + " said " + device,
            Map.of(),
            now);
    Map<AppName, AppReport> apps = said.computeIfAbsent(device, id -> new TreeMap<>());
    apps.put(order.app(), report);
    DeviceReport all =
        new DeviceReport(
            device,
            boot,
            numbers.merge(device, 1L, Long::sum),
            now,
            inventory,
            Map.of(),
            List.copyOf(apps.values()),
            List.of());
    fleet.heard(all, now);
    rollouts.heard(all, now);
  }

  /** What it said to serve last goes on serving. */
  private Optional<Revision> serving(DeviceId device, AppName app, Optional<Revision> next) {
    return next.or(
        () ->
            Optional.ofNullable(said.getOrDefault(device, Map.of()).get(app))
                .flatMap(AppReport::serving));
  }

  /** Where a device of a rollout is now. */
  Phase phase(Rollout rollout, DeviceId device) {
    return rolloutStore.target(rollout.id(), device).orElseThrow().phase();
  }
}
