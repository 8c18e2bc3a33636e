package dev.bumpless.agent.swap;

import dev.bumpless.manifest.App;
import dev.bumpless.manifest.AppName;
import dev.bumpless.manifest.UpgradePolicy.Strategy;
import dev.bumpless.protocol.AppReport;
import dev.bumpless.protocol.Phase;
import dev.bumpless.protocol.ReleaseId;
import dev.bumpless.protocol.Revision;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.BooleanSupplier;

/**
 * A device of fakes, and the agent on it. Time passes only in here, so that a run is the same each
 * time; an agent that is killed is started again over what the fakes hold.
 */
public final class Device {

  public final Calls calls = new Calls();
  public final FakeTicker ticker = new FakeTicker();
  public final FakeEngine engine = new FakeEngine(calls, ticker);
  public final FakeImages images = new FakeImages(calls, engine);
  public final FakeRouter router = new FakeRouter(calls, ticker, engine);
  public final FakeProbe probe = new FakeProbe(calls, engine, ticker);
  public final FakeJournal journal = new FakeJournal(calls);
  public final FakeReporter reporter = new FakeReporter();
  public final FakeGapMeter gaps = new FakeGapMeter();
  public final FakeTransfer transfer = new FakeTransfer(calls, ticker);
  public final FakeComparison comparison = new FakeComparison(calls);
  public final FakeLeases leases = new FakeLeases(ticker);
  private final Map<AppName, Desired> orders = new HashMap<>();
  private final Set<AppName> rolling = new HashSet<>();
  private final Set<AppName> stateful = new HashSet<>();
  private final Set<UUID> forced = new HashSet<>();
  private final Map<ReleaseId, App> manifests = new HashMap<>();
  public final SafetyRules rules = new SafetyRules(this);
  private final SwapPlanner planner;
  private Optional<Reconciler> agent = Optional.empty();
  private int crashes;

  public Device() {
    this(new SwapPlanner("0.0.0.0"));
  }

  Device(SwapPlanner planner) {
    this.planner = planner;
  }

  Seams seams() {
    return new Seams(
        engine,
        images,
        router,
        probe,
        gaps,
        transfer,
        comparison,
        journal,
        reporter,
        leases,
        ticker,
        "0.0.0.0");
  }

  /** The agent starts, with the orders that it had. */
  public void boot() throws IOException {
    rules.checkHolds();
    calls.revive();
    leases.agentDied();
    Reconciler newer = new Reconciler(seams(), new DirectWorkers(), planner);
    orders.values().forEach(newer::accept);
    agent = Optional.of(newer);
  }

  public void order(Desired desired) {
    orders.put(desired.order().app(), desired);
    if (desired.order().waitsForNobody()) {
      forced.add(desired.order().id());
    }
    desired.release().ifPresent(r -> manifests.put(r.id(), r.app()));
    desired
        .release()
        .filter(r -> r.app().upgrade().strategy() == Strategy.ROLLING)
        .ifPresent(r -> rolling.add(r.app().name()));
    desired
        .release()
        .filter(r -> !r.app().state().isEmpty())
        .ifPresent(r -> stateful.add(r.app().name()));
    agent.ifPresent(a -> a.accept(desired));
  }

  /** How often an injected crash has killed the agent. */
  public int crashes() {
    return crashes;
  }

  /** Whether any order of the app was for a rolling swap. */
  boolean isRolling(AppName app) {
    return rolling.contains(app);
  }

  /** Whether an operator said of that order that it waits for nobody. */
  boolean isForced(UUID order) {
    return forced.contains(order);
  }

  /** The newest for the app. */
  Desired ordered(AppName app) {
    return Objects.requireNonNull(orders.get(app));
  }

  /** Whether an agent runs, that somebody could ask for a lease. */
  boolean isAgentThere() {
    return agent.isPresent();
  }

  /** Whether any order of any app was for one with state. */
  boolean isStateful() {
    return !stateful.isEmpty();
  }

  Set<AppName> statefulApps() {
    return stateful;
  }

  /** What was ordered as that release. */
  App manifest(Revision revision) {
    return manifests.get(revision.release());
  }

  /** Something happened to a container. */
  public void event() {
    agent.orElseThrow().changed();
  }

  /** The agent's process is gone at once. */
  public void kill() {
    rules.checkHolds();
    agent = Optional.empty();
  }

  /** One round of turns; when none is due, time goes on to the next one. */
  public void step() throws IOException {
    if (agent.isEmpty()) {
      boot();
    }
    stateful.forEach(app -> router.copies().write(app, router.serving(app)));
    try {
      if (!agent.orElseThrow().runDue()) {
        Instant due = agent.orElseThrow().nextDue().orElse(ticker.steady().plusSeconds(1));
        ticker.advanceTo(due);
      }
    } catch (Calls.Crash crash) {
      crashes++;
      kill();
    }
    rules.check();
    ticker.advance(Duration.ofMillis(1));
  }

  /** Steps until it is so; fails after a day of the fake clock or many steps. */
  public void runUntil(BooleanSupplier done) throws IOException {
    Instant end = ticker.steady().plus(Duration.ofDays(1));
    for (int i = 0; i < 20_000 && ticker.steady().isBefore(end); i++) {
      if (done.getAsBoolean()) {
        return;
      }
      step();
    }
    throw rules.broken("it does not come to that");
  }

  /** Runs until the newest order of the app is told to be over. */
  public AppReport runToEnd(Desired desired) throws IOException {
    runUntil(() -> last(desired).map(r -> r.phase().isFinal()).orElse(false));
    return last(desired).orElseThrow();
  }

  public Optional<AppReport> last(Desired desired) {
    return reporter.last(desired.order().id());
  }

  public AppReport runTo(Desired desired, Phase phase) throws IOException {
    runUntil(() -> last(desired).map(r -> r.phase() == phase).orElse(false));
    return last(desired).orElseThrow();
  }

  /** That much time passes, with all turns that are due in it. */
  public void pass(Duration duration) throws IOException {
    Instant end = ticker.steady().plus(duration);
    runUntil(() -> !ticker.steady().isBefore(end));
  }
}
