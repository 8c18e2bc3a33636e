package dev.bumpless.controller.rollout;

import dev.bumpless.controller.fleet.Device;
import dev.bumpless.controller.fleet.Fleet;
import dev.bumpless.controller.fleet.Selection;
import dev.bumpless.controller.problem.Problem;
import dev.bumpless.protocol.DeviceId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Has devices begin at once what they wait with, past the update leases that are there. */
final class Forcing {
  private final RolloutStore store;
  private final OrderBook book;
  private final Fleet fleet;

  Forcing(RolloutStore store, OrderBook book, Fleet fleet) {
    this.store = store;
    this.book = book;
    this.fleet = fleet;
  }

  /**
   * Of the rollouts of an app, the newest that is under way on one of these devices: it need not be
   * the app's newest. Empty where the name is not an app's, or a rollout's too.
   */
  Optional<Rollout> ofApp(String reference, Selection selection) {
    if (References.name(reference).flatMap(store::named).isPresent()) {
      return Optional.empty();
    }
    Set<DeviceId> chosen = chosen(selection);
    return References.app(reference).stream()
        .flatMap(app -> store.unfinished(Optional.of(app)).stream())
        .filter(rollout -> !underWay(rollout, chosen).isEmpty())
        .findFirst();
  }

  private Set<DeviceId> chosen(Selection selection) {
    return fleet.select(selection).stream().map(Device::id).collect(Collectors.toSet());
  }

  private static List<DeviceId> underWay(Rollout rollout, Set<DeviceId> chosen) {
    return rollout.targets().stream()
        .filter(Target::isInFlight)
        .map(Target::device)
        .filter(chosen::contains)
        .toList();
  }

  /** The devices that have new orders, never none; called inside a transaction. */
  Set<DeviceId> force(Rollout rollout, Selection selection, Instant now) {
    List<DeviceId> underWay = underWay(rollout, chosen(selection));
    List<DeviceId> idle =
        selection.devices().stream().filter(device -> !underWay.contains(device)).toList();
    if (underWay.isEmpty() || !idle.isEmpty()) {
      throw refusal(rollout, idle);
    }
    for (DeviceId device : underWay) {
      if (!book.force(rollout.id(), device, rollout.app(), now)) {
        throw refusal(rollout, List.of(device));
      }
    }
    return Set.copyOf(underWay);
  }

  private static RuntimeException refusal(Rollout rollout, List<DeviceId> devices) {
    String where =
        devices.isEmpty()
            ? "any of these devices"
            : devices.stream().map(DeviceId::value).collect(Collectors.joining(", "));
    return Problem.of(
        Problem.Code.CONFLICT,
        "no order of '%s' is under way on %s, so there is nothing to force"
            .formatted(rollout.title(), where),
        "see `bumpless rollout status "
            + rollout.name().map(Object::toString).orElse(rollout.app().value())
            + "` for what each device waits for");
  }
}
