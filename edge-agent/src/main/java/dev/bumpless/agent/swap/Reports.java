package dev.bumpless.agent.swap;

import dev.bumpless.agent.swap.JournalEntry.Running;
import dev.bumpless.manifest.AppName;
import dev.bumpless.protocol.AppReport;
import dev.bumpless.protocol.AppReport.StepTime;
import dev.bumpless.protocol.Phase;
import dev.bumpless.protocol.Revision;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/** Says what changed and nothing twice. Safe for any thread. */
final class Reports {
  private final Reporter reporter;
  private final Ticker ticker;
  private final Map<AppName, AppReport> newest = new ConcurrentHashMap<>();

  Reports(Reporter reporter, Ticker ticker) {
    this.reporter = reporter;
    this.ticker = ticker;
  }

  /** What was reported last of each app. */
  List<AppReport> newest() {
    return List.copyOf(newest.values());
  }

  /** A plan was made. An order that the plan is not for is waiting. */
  void tell(OrderRef order, Plan plan, ObservedApp seen) {
    boolean isWaiting = !plan.order().isSaidAgainBy(order);
    Phase phase = isWaiting ? Phase.WAITING : plan.phase();
    String message =
        isWaiting
            ? "waits for order %d: %s".formatted(plan.order().sequence(), plan.message())
            : plan.message();
    Optional<Settled> end = seen.entry().endOf(order);
    Optional<Swap.Crossing> crossing =
        isWaiting ? Optional.empty() : seen.entry().swap().flatMap(Swap::crossing);
    send(
        report(
            order,
            phase,
            message,
            end.flatMap(Settled::gap).or(() -> crossing.flatMap(Swap.Crossing::gap)),
            end.flatMap(Settled::hold).or(() -> crossing.flatMap(Swap.Crossing::hold)),
            end.map(Settled::steps).orElse(isWaiting ? List.of() : seen.notes().steps()),
            seen));
  }

  /** An order ended that is not the newest: nothing else will tell of it. */
  void tellEnd(OrderRef newestOrder, Step step, Memory after, ObservedApp seen) {
    if (!(step instanceof Step.Settle) || after.entry().last().equals(seen.entry().last())) {
      return;
    }
    after
        .entry()
        .last()
        .filter(l -> !l.order().isSaidAgainBy(newestOrder))
        .ifPresent(
            l ->
                send(
                    report(l.order(), l.phase(), l.message(), l.gap(), l.hold(), l.steps(), seen)));
  }

  /** Engine or router could not be asked. */
  void tellBlind(OrderRef order, Memory memory, String message) {
    AppName app = memory.entry().app();
    Optional<AppReport> before = Optional.ofNullable(newest.get(app));
    send(
        new AppReport(
            app,
            order.id(),
            order.sequence(),
            blindPhase(order, memory),
            order.revision(),
            before.flatMap(AppReport::serving),
            before.flatMap(AppReport::slot),
            before.flatMap(AppReport::gap),
            before.flatMap(AppReport::hold),
            before.flatMap(AppReport::wayBack),
            before.map(AppReport::steps).orElse(List.of()),
            message,
            before.map(AppReport::containers).orElse(Map.of()),
            ticker.wall()));
  }

  /** Where an order is while nothing can be seen; over only if the journal says so. */
  private static Phase blindPhase(OrderRef order, Memory memory) {
    if (memory.entry().isSettled(order)) {
      return memory.entry().last().orElseThrow().phase();
    }
    Optional<OrderRef> present = memory.entry().swap().map(Swap::order);
    if (present.isEmpty()) {
      return Phase.RECEIVED;
    }
    return present.get().isSaidAgainBy(order)
        ? memory.notes().phase().filter(p -> !p.isFinal()).orElse(Phase.RECEIVED)
        : Phase.WAITING;
  }

  private AppReport report(
      OrderRef order,
      Phase phase,
      String message,
      Optional<Duration> gap,
      Optional<Duration> hold,
      List<StepTime> steps,
      ObservedApp seen) {
    return new AppReport(
        seen.app(),
        order.id(),
        order.sequence(),
        phase,
        order.revision(),
        serving(seen),
        seen.servingSlot().map(Slot::label),
        gap,
        hold,
        WayBack.of(seen).map(WayBack::toString),
        steps,
        message,
        containers(seen),
        ticker.wall());
  }

  private static Optional<Revision> serving(ObservedApp seen) {
    return seen.servingRevision()
        .or(
            () ->
                seen.entry()
                    .current()
                    .filter(c -> seen.servingSlot().filter(s -> s == c.slot()).isPresent())
                    .map(Running::revision));
  }

  /** Of the serving slot; of all that there is where nothing serves. */
  private static Map<String, String> containers(ObservedApp seen) {
    Map<String, String> states = new TreeMap<>();
    for (ObservedContainer c : seen.containers()) {
      if (seen.servingSlot().map(s -> s == c.instance().slot()).orElse(true)) {
        states.put(c.instance().place() + "/" + c.container(), state(c));
      }
    }
    return states;
  }

  private static String state(ObservedContainer container) {
    String state = RoutePlan.lower(container.state());
    return switch (container.state()) {
      case EXITED, DEAD ->
          state
              + "("
              + container.exitCode()
              + ")"
              + (container.oomKilled() ? ", out of memory" : "");
      case CREATED, RUNNING, PAUSED, RESTARTING ->
          state
              + (container.restarts() > 0 ? ", restarts " + container.restarts() : "")
              + container.health().map(h -> h ? ", healthy" : ", unhealthy").orElse("");
    };
  }

  private void send(AppReport report) {
    AppReport before = newest.put(report.app(), report);
    if (before == null || !at(before, report.at()).equals(report)) {
      reporter.report(report);
    }
  }

  private static AppReport at(AppReport r, Instant at) {
    return new AppReport(
        r.app(),
        r.order(),
        r.sequence(),
        r.phase(),
        r.revision(),
        r.serving(),
        r.slot(),
        r.gap(),
        r.hold(),
        r.wayBack(),
        r.steps(),
        r.message(),
        r.containers(),
        at);
  }
}
