package dev.bumpless.agent.swap;

import dev.bumpless.agent.swap.JournalEntry.Failed;
import dev.bumpless.agent.swap.JournalEntry.Running;
import dev.bumpless.agent.swap.Notes.Stage;
import dev.bumpless.agent.swap.ObservedContainer.State;
import dev.bumpless.agent.swap.RouteControl.Traffic;
import dev.bumpless.agent.swap.RouteTable.AppRoutes;
import dev.bumpless.manifest.App;
import dev.bumpless.protocol.Phase;
import dev.bumpless.protocol.Release;
import dev.bumpless.protocol.Revision;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** Puts together what a planner sees, a fact at a time. */
final class Sight {
  static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");

  private final List<ObservedContainer> containers = new ArrayList<>();
  private final Map<InstanceKey, SortedMap<String, String>> targets = new HashMap<>();
  private final TreeSet<InstanceKey> serving = new TreeSet<>();
  private final Map<InstanceKey, Traffic> traffic = new HashMap<>();
  private JournalEntry entry = JournalEntry.empty(Apps.PUMP);
  private Notes notes = Notes.blank(NOW);
  private boolean hasRoutes;
  private String protocol = "http";
  private StateCopy copy;
  private Leases.Lease lease;

  static Revision revision(Release release) {
    return new Revision(release.id(), 1);
  }

  Sight container(InstanceKey key, Release release, State state) {
    return container(key, release, state, false, 0);
  }

  Sight container(InstanceKey key, Release release, State state, boolean oom, int restarts) {
    return container(key, "web", release, state, oom, restarts);
  }

  /** The other container of a twin. */
  Sight db(InstanceKey key, Release release, State state) {
    return container(key, "db", release, state, false, 0);
  }

  Sight container(
      InstanceKey key, String name, Release release, State state, boolean oom, int restarts) {
    containers.add(
        new ObservedContainer(
            "id-" + key.place() + "-" + name,
            key,
            revision(release),
            name,
            "10.0.0." + (key.slot() == Slot.BLUE ? 10 : 20) + key.number(),
            state,
            state == State.EXITED ? 3 : 0,
            oom,
            restarts,
            NOW.minusSeconds(100),
            Optional.empty(),
            ""));
    return this;
  }

  /** Routes to it are there, as the app asks for them. */
  Sight target(InstanceKey key) {
    hasRoutes = true;
    String address = "10.0.0." + (key.slot() == Slot.BLUE ? 10 : 20) + key.number() + ":8080";
    targets.put(key, new TreeMap<>(Map.of("0.0.0.0:1880", address)));
    return this;
  }

  Sight serving(InstanceKey key) {
    serving.add(key);
    return target(key);
  }

  Sight routes(String label) {
    protocol = label;
    return this;
  }

  /** Its containers are in that state now. */
  Sight state(InstanceKey key, State state) {
    containers.replaceAll(
        c ->
            c.instance().equals(key)
                ? new ObservedContainer(
                    c.id(),
                    key,
                    c.revision(),
                    c.container(),
                    c.address(),
                    state,
                    0,
                    false,
                    0,
                    c.startedAt(),
                    c.health(),
                    "")
                : c);
    return this;
  }

  Sight routes() {
    hasRoutes = true;
    return this;
  }

  Sight underway(InstanceKey key, long underway, long failures) {
    traffic.put(key, new Traffic(underway, 0, failures));
    return this;
  }

  /** It runs, and it is what was committed. */
  Sight current(Slot slot, Release release) {
    return current(slot, release, State.RUNNING);
  }

  Sight current(Slot slot, Release release, State state) {
    entry =
        new JournalEntry(
            entry.app(),
            Optional.of(new Running(slot, revision(release), release)),
            entry.previous(),
            entry.failed(),
            entry.isStopped(),
            entry.promoted(),
            entry.swap(),
            entry.last(),
            entry.leftIn());
    for (InstanceKey key : Swap.members(release.app(), slot)) {
      container(key, release, state).serving(key);
    }
    return this;
  }

  /** It was committed, and the router does not know it. */
  Sight currentOnly(Slot slot, Release release, State state) {
    current(slot, release, state);
    serving.clear();
    targets.clear();
    hasRoutes = false;
    return this;
  }

  Sight last(Desired desired, Phase phase) {
    entry =
        new JournalEntry(
            entry.app(),
            entry.current(),
            entry.previous(),
            entry.failed(),
            phase == Phase.STOPPED,
            entry.promoted(),
            entry.swap(),
            Optional.of(Settled.plainly(OrderRef.of(desired.order()), phase, "so it ended")),
            entry.leftIn());
    return this;
  }

  Sight failed(Release release) {
    entry =
        new JournalEntry(
            entry.app(),
            entry.current(),
            entry.previous(),
            List.of(new Failed(revision(release), "it fell")),
            entry.isStopped(),
            entry.promoted(),
            entry.swap(),
            entry.last(),
            entry.leftIn());
    return this;
  }

  Sight swap(Desired desired, Slot to, Stage stage) {
    Release release = desired.release().orElseThrow();
    OrderRef order = OrderRef.of(desired.order());
    entry =
        entry.withSwap(
            new Swap(
                order,
                revision(release),
                release,
                to,
                NOW.minusSeconds(50),
                1,
                List.of(),
                Optional.empty(),
                Optional.empty()));
    notes = notes.at(stage);
    return this;
  }

  Sight lives(int lives) {
    Swap swap = entry.swap().orElseThrow();
    for (int i = swap.lives(); i < lives; i++) {
      swap = swap.again();
    }
    entry = entry.withSwap(swap);
    return this;
  }

  Sight crossingFrom(InstanceKey... from) {
    entry = entry.withSwap(entry.swap().orElseThrow().crossingFrom(List.of(from)));
    return this;
  }

  Sight flipped(Duration ago) {
    entry = entry.withSwap(entry.swap().orElseThrow().flipped(NOW.minus(ago)));
    return this;
  }

  Sight back(Phase ending) {
    Swap swap = entry.swap().orElseThrow();
    entry = entry.withSwap(swap.withBack(new Swap.Return(ending, "it fell", swap.order())));
    return this;
  }

  Sight started(InstanceKey key, Duration ago) {
    notes = notes.with(key, n -> n.started(NOW.minus(ago)));
    return this;
  }

  Sight passed(InstanceKey key, int passes, Duration ago) {
    notes =
        notes.with(
            key, n -> n.withPulse(new Pulse("", passes, 0, NOW.minus(ago), "GET / answered 200")));
    return this;
  }

  Sight failedProbes(InstanceKey key, int failures, Duration ago) {
    notes =
        notes.with(
            key,
            n -> n.withPulse(new Pulse("", 0, failures, NOW.minus(ago), "GET / answered 500")));
    return this;
  }

  Sight keptAlive(InstanceKey key) {
    notes = notes.with(key, n -> n.lasting(true));
    return this;
  }

  Sight outFor(InstanceKey key, Duration ago) {
    notes = notes.with(key, n -> n.out(NOW.minus(ago), 0));
    return this;
  }

  Sight trouble(int tries, boolean permanent, Duration retryIn) {
    notes =
        notes.withTrouble(
            Optional.of(new Trouble(tries, permanent, NOW.plus(retryIn), "the registry is down")));
    return this;
  }

  /** The router copies, and is that far. */
  Sight copy(
      InstanceKey from,
      InstanceKey to,
      StateCopy.Phase phase,
      long dirty,
      StateCopy.WayBack wayBack,
      String reason) {
    copy = new StateCopy("boot-copy-1", from, to, phase, 100, 40, dirty, wayBack, reason);
    return this;
  }

  /** This life knows so much of the state. */
  Sight carry(Carry carry) {
    notes = notes.with(carry);
    return this;
  }

  Sight promoted(InstanceKey key) {
    List<ObservedContainer> own =
        containers.stream().filter(c -> c.instance().equals(key)).toList();
    entry = entry.withPromoted(Optional.of(Lives.of(own)));
    return this;
  }

  /** Where a stop or a delete is. */
  Sight at(Stage stage) {
    notes = notes.at(stage);
    return this;
  }

  /** Somebody asked that it is left as it is. */
  Sight leased(Duration left) {
    lease = new Leases.Lease("batch-7", "tank 4 is being filled", NOW.plus(left));
    return this;
  }

  Sight collected() {
    notes = notes.collected();
    return this;
  }

  ObservedApp seen() {
    SortedMap<String, String> routes = new TreeMap<>(Map.of("0.0.0.0:1880", protocol));
    return new ObservedApp(
        Apps.PUMP,
        containers,
        hasRoutes ? Optional.of(new AppRoutes(1, routes, targets, serving)) : Optional.empty(),
        traffic,
        Optional.ofNullable(copy),
        entry,
        notes,
        Optional.ofNullable(lease),
        NOW,
        NOW);
  }

  static Release three(long counter, dev.bumpless.manifest.UpgradePolicy.Strategy strategy) {
    App app = Apps.app(Apps.PUMP, counter, 3, strategy, 1880);
    return Apps.release(app, counter);
  }
}
