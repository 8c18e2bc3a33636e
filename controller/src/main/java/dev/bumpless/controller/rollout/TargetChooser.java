package dev.bumpless.controller.rollout;

import dev.bumpless.controller.fleet.Device;
import dev.bumpless.controller.fleet.Fleet;
import dev.bumpless.controller.fleet.Selection;
import dev.bumpless.controller.problem.Problem;
import dev.bumpless.manifest.AppName;
import dev.bumpless.protocol.AppReport;
import dev.bumpless.protocol.DeviceId;
import dev.bumpless.protocol.Order;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which devices a command goes to. Left out, it is every device that has the app; for an app that
 * runs nowhere yet, the only device there is; for an undo that names no release, the devices of the
 * rollout that it takes back, the last one that changed the release. Everything but {@code apply}
 * goes only to devices that have the app.
 */
final class TargetChooser {
  /** Names of the commands that change which release runs. */
  private static final Set<String> CHANGES = Set.of("apply", "setImage", "undo", Rollout.IN_WAVES);

  private final Fleet fleet;
  private final OrderStore orders;
  private final RolloutStore rollouts;

  TargetChooser(Fleet fleet, OrderStore orders, RolloutStore rollouts) {
    this.fleet = fleet;
    this.orders = orders;
    this.rollouts = rollouts;
  }

  /** Never empty; a problem tells why it would be. */
  List<Device> choose(Command command, Selection selection) {
    Set<DeviceId> holders = holdersOf(command.app());
    boolean isApply = command instanceof Command.Apply;
    if (selection.isEmpty() && holders.isEmpty() && isApply) {
      return theOnlyOne(command.app());
    }
    if (holders.isEmpty() && !isApply) {
      throw Problem.of(
          Problem.Code.NOT_FOUND,
          "app " + command.app() + " runs on no device",
          "see `bumpless get apps`, or bring it with `bumpless apply -f FILE --device ID`");
    }
    List<Device> chosen = selection.isEmpty() ? usual(command, holders) : fleet.select(selection);
    List<Device> targets =
        isApply ? chosen : chosen.stream().filter(d -> holders.contains(d.id())).toList();
    if (targets.isEmpty()) {
      throw noTarget(
          chosen.isEmpty()
              ? nobodyIs(selection, command.app())
              : "none of the targets has app " + command.app());
    }
    return targets;
  }

  private List<Device> usual(Command command, Set<DeviceId> holders) {
    boolean takesBack = command instanceof Command.Undo undo && undo.toCounter().isEmpty();
    Set<DeviceId> taken = takesBack ? lastChanged(command.app()) : Set.of();
    List<Device> having = fleet.devices().stream().filter(d -> holders.contains(d.id())).toList();
    List<Device> changed = having.stream().filter(d -> taken.contains(d.id())).toList();
    return changed.isEmpty() ? having : changed;
  }

  private Set<DeviceId> lastChanged(AppName app) {
    return rollouts
        .newest(app, rollout -> CHANGES.contains(rollout.command()))
        .map(rollout -> rollout.targets().stream().map(Target::device).collect(Collectors.toSet()))
        .orElseGet(Set::of);
  }

  private static String nobodyIs(Selection selection, AppName app) {
    if (selection.isEmpty()) {
      return "no device is left that has app " + app;
    }
    return selection.labels().isEmpty()
        ? "there is no device yet"
        : selection.labels().entrySet().stream()
            .map(label -> label.getKey() + "=" + label.getValue())
            .sorted()
            .collect(Collectors.joining(", ", "no device has the labels ", ""));
  }

  private List<Device> theOnlyOne(AppName app) {
    List<Device> all = fleet.devices();
    if (all.size() != 1) {
      throw noTarget("app %s runs nowhere yet and there are %d devices".formatted(app, all.size()));
    }
    return all;
  }

  private Set<DeviceId> holdersOf(AppName app) {
    return orders.ordersFor(app).stream()
        .filter(stored -> !stored.withdrawn() || isServed(stored.order()))
        .map(StoredOrder::order)
        .filter(order -> !(order.action() instanceof Order.Delete))
        .map(Order::device)
        .collect(Collectors.toSet());
  }

  /** Whether the device has the app all the same. */
  private boolean isServed(Order order) {
    return fleet
        .device(order.device())
        .flatMap(device -> device.app(order.app()))
        .flatMap(AppReport::serving)
        .isPresent();
  }

  private static RuntimeException noTarget(String why) {
    return Problem.of(
        Problem.Code.NO_TARGET,
        why,
        "name the devices: --device ID, --target key=value or --all; see `bumpless get devices`");
  }
}
