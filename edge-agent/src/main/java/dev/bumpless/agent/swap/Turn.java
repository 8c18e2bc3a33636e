package dev.bumpless.agent.swap;

import dev.bumpless.agent.swap.RouteControl.Traffic;
import dev.bumpless.manifest.AppName;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** Observes an app, plans, tells, and takes one step. Made anew for each turn. */
final class Turn {
  /** How often the same step may follow on itself before it counts as having no effect. */
  private static final int MOST_REPEATS = 5;

  private final Seams seams;
  private final SwapPlanner planner;
  private final Meters meters;
  private final ImageShelf shelf;
  private final Reports reports;

  Turn(Seams seams, SwapPlanner planner, Meters meters, ImageShelf shelf, Reports reports) {
    this.seams = seams;
    this.planner = planner;
    this.meters = meters;
    this.shelf = shelf;
    this.reports = reports;
  }

  /**
   * @param step that was taken
   * @param repeats how often it was taken in a row
   */
  record Result(Memory memory, Step step, int repeats, Instant due) {}

  /**
   * @param before the step of the turn before, if that succeeded
   * @param overtaken whether a newer order has come; asked by any thread
   * @param doing told of the step before it is taken
   */
  Result take(
      Desired desired,
      Memory memory,
      Optional<Result> before,
      BooleanSupplier overtaken,
      Consumer<Step> doing)
      throws EngineException, RouteException {
    ObservedApp seen = observe(desired.order().app(), memory);
    Plan plan = planner.plan(desired, seen);
    seen = noting(seen, plan);
    reports.tell(OrderRef.of(desired.order()), plan, seen);
    Step step = plan.step();
    doing.accept(step);
    int repeats = before.filter(b -> b.step().equals(step)).map(b -> b.repeats() + 1).orElse(0);
    Memory after =
        repeats >= MOST_REPEATS && isVisible(step)
            ? withoutEffect(seen, step)
            : step.runWith(new SeamRunner(seams, meters, shelf, seen, overtaken));
    reports.tellEnd(OrderRef.of(desired.order()), step, after, seen);
    Instant due = step instanceof Step.Wait wait ? wait.until() : seams.ticker().steady();
    return new Result(after, step, after.notes().trouble().isPresent() ? 0 : repeats, due);
  }

  private static boolean isVisible(Step step) {
    return !(step instanceof Step.Wait || step instanceof Step.Probe);
  }

  private Memory withoutEffect(ObservedApp seen, Step step) {
    String message =
        "%s was done %d times and nothing of it is to be seen"
            .formatted(step.getClass().getSimpleName(), MOST_REPEATS);
    Trouble trouble = Trouble.after(seen.notes().trouble(), true, message, seams.ticker().steady());
    return new Memory(seen.entry(), seen.notes().withTrouble(Optional.of(trouble)));
  }

  private static ObservedApp noting(ObservedApp seen, Plan plan) {
    Notes notes = seen.notes().entering(plan.phase(), seen.now());
    boolean isEnd = plan.phase().isFinal() && seen.entry().isSettled(plan.order());
    return seen.with(isEnd ? notes.announced() : notes);
  }

  private ObservedApp observe(AppName app, Memory memory) throws EngineException, RouteException {
    ObservedDevice device = new ObservedDevice(seams.engine().list(), seams.routes().table());
    Optional<RouteTable.AppRoutes> routes = device.table().of(app);
    List<ObservedContainer> containers = device.of(app);
    SortedSet<InstanceKey> serving = new TreeSet<>();
    routes.ifPresent(r -> serving.addAll(r.serving()));
    boolean isMoving =
        memory.entry().swap().isPresent()
            || containers.stream().anyMatch(c -> !serving.contains(c.instance()));
    Map<InstanceKey, Traffic> traffic =
        routes.isPresent() && isMoving ? seams.routes().traffic(app) : Map.of();
    Instant now = seams.ticker().steady();
    Notes notes =
        memory.notes().withInstances(look(memory.notes(), containers, serving, traffic, now));
    Optional<StateCopy> copy =
        memory.entry().swap().filter(s -> Cargo.modbus(s.app()).isPresent()).isPresent()
            ? seams.routes().copyOf(app)
            : Optional.empty();
    ObservedApp seen =
        new ObservedApp(
            app,
            containers,
            routes,
            traffic,
            copy,
            memory.entry(),
            notes,
            seams.leases().on(app),
            now,
            seams.ticker().wall());
    boolean isSure = WayBack.of(seen).map(WayBack::isOpen).orElse(true);
    Carry carry = notes.carry().looking(isSure, now);
    return seen.with(notes.with(carry).with(notes.trial().looking(seen)));
  }

  private static Map<InstanceKey, InstanceNotes> look(
      Notes notes,
      List<ObservedContainer> containers,
      SortedSet<InstanceKey> serving,
      Map<InstanceKey, Traffic> traffic,
      Instant now) {
    Map<InstanceKey, InstanceNotes> looked = new HashMap<>();
    SortedSet<InstanceKey> keys = new TreeSet<>(serving);
    containers.forEach(c -> keys.add(c.instance()));
    for (InstanceKey key : keys) {
      List<ObservedContainer> own =
          containers.stream().filter(c -> c.instance().equals(key)).toList();
      InstanceNotes known = notes.of(key).inLife(Lives.of(own));
      Traffic counted = traffic.get(key);
      long failures = counted == null ? 0 : counted.breaks();
      if (!serving.contains(key)) {
        known = known.out(now, failures);
      } else if (counted != null) {
        known = known.serving(failures);
      } else {
        known = known.in();
      }
      looked.put(key, known);
    }
    for (InstanceKey key : traffic.keySet()) {
      if (!keys.contains(key)) {
        looked.put(key, notes.of(key).gone(now));
      }
    }
    return looked;
  }
}
