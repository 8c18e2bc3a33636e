package dev.bumpless.controller.source;

import dev.bumpless.controller.audit.AuditLog;
import dev.bumpless.controller.fleet.Fleet;
import dev.bumpless.controller.problem.Problem;
import dev.bumpless.controller.problem.ProblemException;
import dev.bumpless.controller.rollout.Rollout;
import dev.bumpless.controller.rollout.Rollouts;
import dev.bumpless.controller.time.Pace;
import dev.bumpless.manifest.RolloutTarget;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A place that is followed. Looks when it is time, or when it was asked to; applies what differs
 * from what was applied last, and nothing of a revision in which anything is wrong.
 *
 * <h2>Concurrency</h2>
 *
 * {@link #tick} is called by one thread. {@link #askToLook} and {@link #status} are for any thread.
 *
 * <h2>Crash safety</h2>
 *
 * That something was applied is kept in the same transaction as its rollout, and so is the record
 * of it in the audit. So whatever dies when, nothing is started twice and nothing is left out.
 *
 * <h2>Limits</h2>
 *
 * It looks at most every {@link #LEAST_PAUSE}, however often it is asked to. What could not be
 * applied is tried again with each look.
 */
public final class Source {
  static final Duration LEAST_PAUSE = Duration.ofSeconds(5);

  private final Settings settings;
  private final SourceReader reader;
  private final AppliedStore store;
  private final Rollouts rollouts;
  private final DriftFinder drift;
  private final Trail trail;
  private volatile Seen seen = Seen.NOTHING;
  private final AtomicBoolean isAsked = new AtomicBoolean();
  private final Pace looks = new Pace();

  /**
   * What the configuration says of it.
   *
   * @param target where apps go that no rollout in the source names
   */
  public record Settings(SourceName name, Optional<RolloutTarget> target, Duration interval) {}

  /** What the last look brought; replaced as a whole. */
  private record Seen(
      Optional<Instant> at,
      Optional<Snapshot> snapshot,
      List<Unit> units,
      Optional<Problem> problem,
      Map<String, Problem> problems) {
    static final Seen NOTHING =
        new Seen(Optional.empty(), Optional.empty(), List.of(), Optional.empty(), Map.of());

    Seen failed(Problem why, Instant now) {
      return new Seen(Optional.of(now), snapshot, units, Optional.of(why), problems);
    }
  }

  public Source(
      Settings settings,
      SourceReader reader,
      AppliedStore store,
      Rollouts rollouts,
      Fleet fleet,
      AuditLog audit) {
    this.settings = settings;
    this.reader = reader;
    this.store = store;
    this.rollouts = rollouts;
    this.drift = new DriftFinder(fleet, rollouts);
    this.trail = new Trail(audit, settings.name(), reader.place());
  }

  public SourceName name() {
    return settings.name();
  }

  /**
   * Has it look soon; what it finds is applied as always.
   *
   * @return whether nobody had asked since its last look
   */
  public boolean askToLook() {
    return !isAsked.getAndSet(true);
  }

  /** Looks if it is time; to be called again and again, once a second or so. */
  public void tick(Instant now) {
    if (looks.isDue(now, pause())) {
      isAsked.set(false);
      look(now);
    }
  }

  private Duration pause() {
    boolean isSoon = isAsked.get() && LEAST_PAUSE.compareTo(settings.interval()) < 0;
    return isSoon ? LEAST_PAUSE : settings.interval();
  }

  private void look(Instant now) {
    try {
      Snapshot snapshot = reader.read(seen.snapshot());
      List<Unit> units = Units.of(snapshot, settings.target());
      trail.looked(Snapshot.brief(snapshot.revision()), now);
      Map<String, Problem> problems = apply(snapshot, units, now);
      seen =
          new Seen(
              Optional.of(now),
              Optional.of(snapshot),
              units,
              Optional.empty(),
              Map.copyOf(problems));
    } catch (ProblemException e) {
      trail.couldNotLook(e.problem(), now);
      seen = seen.failed(e.problem(), now);
    }
  }

  private Map<String, Problem> apply(Snapshot snapshot, List<Unit> units, Instant now) {
    Map<String, Applied> known = applied();
    Map<String, Problem> problems = new TreeMap<>();
    for (Unit unit : units) {
      Applied last = known.get(unit.key());
      if (last == null || !last.fingerprint().equals(unit.fingerprint())) {
        try {
          apply(snapshot, unit, now);
        } catch (ProblemException e) {
          problems.put(unit.key(), e.problem());
          trail.couldNotApply(title(unit), e.problem(), now);
        }
      }
    }
    return problems;
  }

  private void apply(Snapshot snapshot, Unit unit, Instant now) {
    unit.start(
        rollouts,
        now,
        started -> {
          store.save(applied(unit, snapshot.revision(), started, now));
          tell(snapshot, unit, started, now);
        });
  }

  private void tell(Snapshot snapshot, Unit unit, Rollout rollout, Instant now) {
    String what = rollout.release().map(Object::toString).orElse(rollout.app().value());
    String from = unit.path() + " of " + Snapshot.brief(snapshot.revision());
    trail.applied(title(unit), what, from, now);
  }

  private Applied applied(Unit unit, String revision, Rollout rollout, Instant now) {
    return new Applied(
        name(), unit.key(), unit.fingerprint(), revision, rollout.app(), rollout.release(), now);
  }

  private Map<String, Applied> applied() {
    return store.of(name()).stream().collect(Collectors.toMap(Applied::unit, Function.identity()));
  }

  private static String title(Unit unit) {
    return unit.key().replace('/', ' ');
  }

  /** How it stands now; reads the fleet. */
  public SourceStatus status() {
    Seen last = seen;
    Map<String, Applied> known = applied();
    return new SourceStatus(
        name(),
        reader.place(),
        last.snapshot().map(Snapshot::revision),
        last.at(),
        last.problem(),
        last.units().stream()
            .map(
                unit ->
                    new SourceStatus.Row(
                        unit.key(),
                        unit.path(),
                        Optional.ofNullable(known.get(unit.key())),
                        Optional.ofNullable(last.problems().get(unit.key()))))
            .toList(),
        last.snapshot().isPresent() ? drift.find(last.units(), store.of(name())) : List.of());
  }
}
