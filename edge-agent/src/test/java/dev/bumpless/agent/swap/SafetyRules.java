package dev.bumpless.agent.swap;

import dev.bumpless.agent.swap.FakeRouter.Flip;
import dev.bumpless.manifest.App;
import dev.bumpless.manifest.AppName;
import dev.bumpless.protocol.AppReport;
import dev.bumpless.protocol.Order;
import dev.bumpless.protocol.Phase;
import dev.bumpless.protocol.Revision;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * The invariants of a swap that must hold at every instant, watched from outside of the agent: at
 * each flip, at each call that stops something, at each hold, and after each step.
 */
public final class SafetyRules {
  private final Device device;
  private final Set<Revision> failed = new HashSet<>();
  private final Map<AppName, App> swapped = new HashMap<>();
  private int reportsRead;

  SafetyRules(Device device) {
    this.device = device;
    device.router.watch(this::flipped);
    device.journal.watch(this::noted);
    device.leases.watch(this::passing);
    device.engine.guard(
        new FakeEngine.Guard() {
          @Override
          public void creating(InstanceKey key, Revision revision) {
            neverAgain(key, revision);
            neverPastTheGate(key);
          }

          @Override
          public void starting(InstanceKey key) {
            neverMendedInItsBake(key);
            neverBeside(key);
          }

          @Override
          public void stopping(InstanceKey key) {
            neverUnderClients(key);
          }
        });
  }

  /** 1 and 2: nobody is sent to what was not seen healthy since it was started. */
  private void flipped(Flip flip) {
    SortedSet<InstanceKey> fresh = new java.util.TreeSet<>(flip.after());
    fresh.removeAll(flip.before());
    for (InstanceKey key : fresh) {
      if (!isSeenHealthy(key)) {
        throw broken("flipped to " + key + " before it was seen healthy: " + containers(key));
      }
    }
    neverWithoutWhatWasWritten(flip);
    neverUnderALease(flip);
    Set<Slot> slots = flip.after().stream().map(InstanceKey::slot).collect(Collectors.toSet());
    if (slots.size() > 1 && !device.isRolling(flip.app())) {
      throw broken("two slots serve: " + flip);
    }
  }

  /** Who asked for it is left alone: nothing takes its slot away, but a way back and what heals. */
  private void neverUnderALease(Flip flip) {
    Optional<Swap> swap = device.journal.of(flip.app()).flatMap(JournalEntry::swap);
    Optional<UUID> order =
        swap.isPresent()
            ? swap.filter(s -> s.back().isEmpty() && s.crossing().isPresent())
                .map(s -> s.order().id())
            : Optional.of(device.ordered(flip.app()).order().id())
                .filter(id -> flip.after().isEmpty());
    boolean isServed = !flip.before().isEmpty() && !flip.before().equals(flip.after());
    if (isServed
        && order.filter(id -> !device.isForced(id)).isPresent()
        && device.leases.on(flip.app()).isPresent()) {
      throw broken("flips %s under a lease: %s".formatted(flip, swap));
    }
  }

  /**
   * At the gate, which nothing new is made without: what may begin inside of an opening alone is
   * there, as the device's clock has it, and what was taken back is not.
   */
  private void passing(AppName app) {
    Order order = device.ordered(app).order();
    Optional<Swap> swap = device.journal.of(app).flatMap(JournalEntry::swap);
    boolean isOther =
        swap.filter(s -> s.crossing().isPresent() || !s.order().isSaidAgainBy(OrderRef.of(order)))
            .isPresent();
    Instant wall = device.ticker.wall();
    Instant now = wall.isBefore(order.issuedAt()) ? order.issuedAt() : wall;
    boolean isOutside = order.opening().filter(o -> o.isAhead(now) || o.isOver(now)).isPresent();
    if (!isOther && (isOutside || order.cancelled().isPresent())) {
      throw broken("begins outside of its window, at %s: %s".formatted(now, order));
    }
  }

  private void neverPastTheGate(InstanceKey key) {
    boolean isSwap =
        device
            .journal
            .of(key.app())
            .flatMap(JournalEntry::swap)
            .filter(s -> s.isOurs(key) && s.back().isEmpty() && s.flippedAt().isEmpty())
            .isPresent();
    if (isSwap && !device.leases.isClosed(key.app())) {
      throw broken("makes %s without having passed the gate".formatted(key));
    }
  }

  /** 4: what was acknowledged is there, or it is told that it is not. */
  private void neverWithoutWhatWasWritten(Flip flip) {
    if (flip.before().size() != 1 || flip.after().size() != 1) {
      return;
    }
    Optional<Swap> swap = device.journal.of(flip.app()).flatMap(JournalEntry::swap);
    boolean isCopied = swap.flatMap(s -> Cargo.modbus(s.app())).isPresent();
    boolean isTold =
        swap.flatMap(Swap::back).filter(b -> b.ending() == Phase.INCONSISTENT).isPresent();
    long acknowledged = device.router.copies().acknowledged(flip.app());
    long known = device.engine.memory(flip.after().first());
    if (isCopied && !isTold && known < acknowledged) {
      throw broken(
          "flipped to %s, which has write %d, and %d was acknowledged"
              .formatted(flip.after(), known, acknowledged));
    }
  }

  /** What a process had in memory is gone with it, where nobody promised to carry it back. */
  private void forgive() {
    for (AppName app : device.statefulApps()) {
      SortedSet<InstanceKey> serving = device.router.serving(app);
      boolean isPromised =
          device
              .journal
              .of(app)
              .flatMap(JournalEntry::swap)
              .filter(s -> s.flippedAt().isPresent() && s.back().isEmpty())
              .isPresent();
      boolean isBack =
          device.journal.of(app).flatMap(JournalEntry::swap).flatMap(Swap::back).isPresent();
      if (!isPromised && !isBack) {
        long known = serving.isEmpty() ? 0 : device.engine.memory(serving.first());
        device.router.copies().forgive(app, known);
      }
    }
  }

  /**
   * What may not run beside another never does, as the swap has it that is in the journal, or was
   * the last one there; and two that both say so of themselves never do.
   */
  private void neverBeside(InstanceKey key) {
    boolean isUnderWay = device.journal.of(key.app()).flatMap(JournalEntry::swap).isPresent();
    boolean isLastAlone =
        Optional.ofNullable(swapped.get(key.app())).filter(Cargo::isAlone).isPresent();
    boolean isSelfAlone = isAlone(containers(key));
    for (ObservedContainer other : device.engine.observed()) {
      boolean isBeside =
          other.instance().app().equals(key.app())
              && other.instance().slot() != key.slot()
              && other.isAlive();
      boolean isForbidden =
          isLastAlone || (isSelfAlone && (!isUnderWay || isAlone(List.of(other))));
      if (isBeside && isForbidden) {
        throw broken("starts " + key + ", which may not run beside another");
      }
    }
  }

  private boolean isAlone(List<ObservedContainer> own) {
    return !own.isEmpty() && Cargo.isAlone(device.manifest(own.get(0).revision()));
  }

  /**
   * All its containers are there and run, and every check passed since the last of them started.
   */
  private boolean isSeenHealthy(InstanceKey key) {
    List<ObservedContainer> own = containers(key);
    if (own.isEmpty() || !own.stream().allMatch(ObservedContainer::isRunning)) {
      return false;
    }
    App manifest = device.manifest(own.get(0).revision());
    return own.size() == manifest.containers().size()
        && manifest.health().stream().allMatch(check -> device.probe.passes(check, key) > 0);
  }

  private List<ObservedContainer> containers(InstanceKey key) {
    return device.engine.observed().stream().filter(c -> c.instance().equals(key)).toList();
  }

  /** 2: a bake ends well only where every container of the release has lived through it. */
  private void noted(JournalEntry entry) {
    entry.swap().ifPresent(s -> swapped.put(entry.app(), s.app()));
    Optional<Swap> swap = device.journal.of(entry.app()).flatMap(JournalEntry::swap);
    boolean isCommit =
        entry.swap().isEmpty()
            && entry.last().filter(l -> l.phase() == Phase.COMMITTED).isPresent()
            && swap.filter(s -> s.back().isEmpty()).isPresent();
    if (!isCommit) {
      return;
    }
    for (InstanceKey key : swap.orElseThrow().members()) {
      List<ObservedContainer> own = containers(key);
      boolean isWell =
          own.stream().allMatch(c -> c.isRunning() && c.restarts() == 0 && !c.oomKilled());
      if (!isWell || own.size() != swap.get().app().containers().size()) {
        throw broken("commits " + key + " though a container of it ended: " + own);
      }
    }
  }

  /** 2: what ended beside one that runs, after the flip, is a reason to go back. */
  private void neverMendedInItsBake(InstanceKey key) {
    boolean isBaking =
        device
            .journal
            .of(key.app())
            .flatMap(JournalEntry::swap)
            .filter(s -> s.flippedAt().isPresent() && s.back().isEmpty() && s.isOurs(key))
            .isPresent();
    boolean isHalf =
        containers(key).stream().anyMatch(ObservedContainer::isRunning)
            && containers(key).stream().anyMatch(c -> !c.isRunning());
    if (isBaking && isHalf) {
      throw broken("mends " + key + " in its bake: " + containers(key));
    }
  }

  /** 2 and 3: what serves is never stopped or removed. */
  private void neverUnderClients(InstanceKey key) {
    boolean isInHold =
        device.router.isHeld(key.app())
            && device
                .journal
                .of(key.app())
                .flatMap(JournalEntry::swap)
                .filter(s -> Cargo.isAlone(s.app()))
                .isPresent();
    if (device.router.serving(key.app()).contains(key) && !isInHold) {
      throw broken("stops or removes " + key + " while it serves");
    }
  }

  /** 6: what failed is not tried again. */
  private void neverAgain(InstanceKey key, Revision revision) {
    boolean serves =
        device.router.serving(key.app()).stream().anyMatch(k -> k.slot() == key.slot());
    if (failed.contains(revision) && !serves) {
      throw broken("tries " + revision + " again, which has failed here");
    }
  }

  /** 5: nothing slow happens within a hold. */
  void checkHolds() {
    List<String> log = device.calls.log();
    if (device.isStateful()) {
      return; // Much may be called within their holds, each with a limit of its own.
    }
    for (int i = 0; i < log.size(); i++) {
      if (log.get(i).equals("router.hold") && i + 1 < log.size()) {
        String next = log.get(i + 1);
        boolean wasHeld = next.equals("router.flip");
        if (wasHeld && i + 2 < log.size() && !log.get(i + 2).equals("router.release")) {
          // A flip that failed is followed by whatever comes next, with the hold closed.
          wasHeld = device.calls.failedAt(i + 1);
          if (!wasHeld) {
            throw broken("calls " + log.get(i + 2) + " within a hold");
          }
        } else if (!wasHeld && !device.calls.failedAt(i)) {
          throw broken("calls " + next + " within a hold");
        }
      }
    }
  }

  void check() {
    forgive();
    List<AppReport> reports = device.reporter.all();
    for (AppReport report : reports.subList(reportsRead, reports.size())) {
      if (report.phase() == Phase.ROLLED_BACK) {
        report.revision().ifPresent(failed::add);
      }
    }
    reportsRead = reports.size();
  }

  /** 7: one slot serves, nothing is left over, and nothing is open. */
  void checkAtRest(AppName app) {
    SortedSet<InstanceKey> serving = device.router.serving(app);
    Set<Slot> slots = serving.stream().map(InstanceKey::slot).collect(Collectors.toSet());
    if (slots.size() > 1) {
      throw broken("two slots serve at rest: " + serving);
    }
    JournalEntry entry = device.journal.of(app).orElseThrow(() -> broken("no journal entry"));
    if (entry.swap().isPresent()) {
      throw broken("a swap is open at rest: " + entry.swap());
    }
    Set<InstanceKey> expected = new HashSet<>();
    entry.current().ifPresent(c -> expected.addAll(Swap.members(c.release().app(), c.slot())));
    Set<InstanceKey> there =
        device.engine.observed().stream()
            .map(ObservedContainer::instance)
            .filter(k -> k.app().equals(app))
            .collect(Collectors.toSet());
    boolean isTidy = entry.isStopped() ? expected.containsAll(there) : expected.equals(there);
    if (!isTidy) {
      throw broken("there are " + there + ", there should be " + expected);
    }
    if (!entry.isStopped() && !expected.equals(serving)) {
      throw broken(serving + " serve, " + expected + " should");
    }
    if (entry.isStopped() && !serving.isEmpty()) {
      throw broken(serving + " serve, but the app is stopped");
    }
    for (InstanceKey key : serving) {
      if (!isSeenHealthy(key)) {
        throw broken("serves and is not whole: " + containers(key));
      }
    }
  }

  AssertionError broken(String what) {
    List<String> log =
        device.calls.log().stream()
            .filter(c -> !c.equals("engine.list") && !c.startsWith("router.t"))
            .toList();
    return new BrokenRule(
        what
            + "\nlast calls: "
            + log.subList(Math.max(0, log.size() - 40), log.size())
            + "\nlast reports: "
            + lastReports());
  }

  private String lastReports() {
    List<AppReport> all = device.reporter.all();
    return all.subList(Math.max(0, all.size() - 40), all.size()).stream()
        .map(
            r ->
                "\n%s %d %s %s serving %s: %s"
                    .formatted(
                        r.at(), r.sequence(), r.phase(), r.revision(), r.serving(), r.message()))
        .collect(Collectors.joining());
  }

  /** A rule was broken: passes through the agent, which catches exceptions alone. */
  public static final class BrokenRule extends AssertionError {
    private static final long serialVersionUID = 1L;

    BrokenRule(String message) {
      super(message);
    }
  }
}
