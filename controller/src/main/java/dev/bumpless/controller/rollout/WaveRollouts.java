package dev.bumpless.controller.rollout;

import dev.bumpless.controller.fleet.Device;
import dev.bumpless.controller.fleet.Fleet;
import dev.bumpless.controller.problem.Problem;
import dev.bumpless.controller.problem.ProblemException;
import dev.bumpless.controller.release.ReleaseService;
import dev.bumpless.controller.release.StoredRelease;
import dev.bumpless.controller.rollout.Course.State;
import dev.bumpless.controller.time.Pace;
import dev.bumpless.manifest.AppName;
import dev.bumpless.manifest.RolloutManifest;
import dev.bumpless.manifest.RolloutName;
import dev.bumpless.protocol.DeviceId;
import dev.bumpless.protocol.Order;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Starts rollouts in waves, lets people steer them, and moves them on with time.
 *
 * <p>Everything that is decided is in the store before it is done, and orders follow from there: a
 * controller that dies goes on where it was. Any thread may call; one at a time changes something.
 */
public final class WaveRollouts {
  /** How often a rollout is planned where nothing was heard: windows, deadlines, rates. */
  static final Duration LOOK_EVERY = Duration.ofSeconds(2);

  /** How often it is looked for devices that came later. */
  static final Duration LOOK_FOR_DEVICES_EVERY = Duration.ofSeconds(10);

  private final RolloutStore store;
  private final OrderStore orders;
  private final ReleaseService releases;
  private final Fleet fleet;
  private final RolloutDriver driver;
  private final OrderListener listener;
  private final Reservations reservations;
  private final RolloutContents contents;
  private final OpenRollouts open;
  private final Previews previews;
  private final Set<AppName> touched = ConcurrentHashMap.newKeySet();
  private final Pace looks = new Pace();
  private final Pace looksForDevices = new Pace();

  WaveRollouts(
      RolloutStore store,
      OrderStore orders,
      ReleaseService releases,
      Fleet fleet,
      RolloutDriver driver,
      OrderListener listener) {
    this.store = store;
    this.orders = orders;
    this.releases = releases;
    this.fleet = fleet;
    this.driver = driver;
    this.listener = listener;
    this.reservations = new Reservations(store);
    this.contents = new RolloutContents(releases, driver.others());
    this.open = new OpenRollouts(store, reservations);
    this.previews = new Previews(open, contents, fleet);
  }

  /** What a person may do to a rollout; the names are those of REST and the CLI. */
  public enum Verb {
    PAUSE,
    RESUME,
    APPROVE,
    ABORT,
    RETRY,
    UNDO
  }

  /** Something was heard of an app's device: plan its rollouts soon. */
  void touch(AppName app) {
    touched.add(app);
  }

  /** Moves on what is due; to be called again and again, twice a second or so. */
  public void tick(Instant now) {
    synchronized (driver) {
      boolean isLook = looks.isDue(now, LOOK_EVERY);
      Set<AppName> heard = Set.copyOf(touched);
      touched.removeAll(heard);
      if (isLook || !heard.isEmpty()) {
        RolloutDriver.Look look = look(now);
        store.appsInWaves().stream()
            .filter(app -> isLook || heard.contains(app))
            .forEach(app -> advance(app, look, now));
      }
    }
  }

  private RolloutDriver.Look look(Instant now) {
    return looksForDevices.isDue(now, LOOK_FOR_DEVICES_EVERY)
        ? this::matching
        : RolloutDriver.Look.NONE;
  }

  private Map<DeviceId, Optional<String>> matching(Rollout rollout) {
    return rollout
        .course()
        .filter(course -> course.isIn(State.RUNNING) && course.manifest().target().isOpen())
        .map(course -> WavePlan.devices(course.manifest(), fleet))
        .orElse(List.of())
        .stream()
        .collect(Collectors.toMap(Device::id, WavePlan::site));
  }

  private void advance(AppName app, RolloutDriver.Look look, Instant now) {
    Set<DeviceId> ordered = orders.inTransaction(() -> driver.advance(Optional.of(app), look, now));
    if (!ordered.isEmpty()) {
      listener.ordered(ordered);
    }
  }

  /** By its id; or the newest of those that have this name, or are of the app of this name. */
  public Rollout require(String reference) {
    return found(
        reference, References.id(reference).flatMap(store::find).or(() -> store.newest(reference)));
  }

  /** By its id, its name, or that of its app, in this order. */
  private Rollout requireToSteer(String reference) {
    return found(
        reference,
        References.id(reference)
            .flatMap(store::find)
            .or(() -> named(reference))
            .or(() -> ofApp(reference)));
  }

  private Optional<Rollout> named(String reference) {
    return References.name(reference).flatMap(store::named);
  }

  private Optional<Rollout> ofApp(String reference) {
    return References.app(reference)
        .flatMap(app -> store.recent(Optional.of(app), 1).stream().findFirst());
  }

  private static Rollout found(String reference, Optional<Rollout> rollout) {
    return rollout.orElseThrow(
        () ->
            Problem.of(
                Problem.Code.NOT_FOUND,
                "no rollout is called '" + reference + "', and none was of an app of that name",
                "see `bumpless get rollouts`"));
  }

  /**
   * Whether an undo of this name means a rollout in waves: no app is called so, or that rollout is
   * the last thing that was asked for the app of that name.
   */
  public boolean isMeant(AppName name) {
    Optional<Rollout> named = store.named(new RolloutName(name.value()));
    Optional<Rollout> ofApp = store.recent(Optional.of(name), 1).stream().findFirst();
    return named.isPresent()
        && ofApp.filter(newest -> !newest.id().equals(named.get().id())).isEmpty();
  }

  /** What would become of it; changes nothing. */
  public Preview preview(WaveRequest request, Instant now) {
    return previews.of(request, now);
  }

  /**
   * Starts it. The same again while it runs is that which runs.
   *
   * @throws ProblemException nothing was changed then
   */
  public Rollout start(WaveRequest request, Instant now) {
    return start(request, now, started -> {});
  }

  /**
   * As {@link #start(WaveRequest, Instant)}.
   *
   * @param also is done in the same durable step: both are kept, or neither
   */
  public Rollout start(WaveRequest request, Instant now, Consumer<Rollout> also) {
    request.refuseWhatIsOver(now);
    WavePlan.someDevices(request.manifest(), fleet); // refused before a registry is asked
    RolloutContent brought = contents.of(request);
    return changing(
        brought.app().name(),
        now,
        () -> {
          UUID started = startOrFind(request, brought, now);
          also.accept(store.find(started).orElseThrow());
          return started;
        });
  }

  private UUID startOrFind(WaveRequest request, RolloutContent brought, Instant now) {
    RolloutManifest manifest = request.manifest();
    List<Device> devices = WavePlan.someDevices(manifest, fleet);
    Optional<Rollout> running = open.same(request, brought, contents.existing(brought), devices);
    if (running.isPresent()) {
      return running.get().id();
    }
    open.named(manifest).ifPresent(this::endForAnother);
    contents.refuseWhatWouldFail(brought, devices);
    Rollout rollout = rollout(manifest, contents.release(brought, now), devices, now);
    store.save(rollout);
    return rollout.id();
  }

  private void endForAnother(Rollout old) {
    store.update(
        old.id(), old.course().orElseThrow().in(State.ABORTED, "another of its name took over"));
  }

  private Rollout rollout(
      RolloutManifest manifest, StoredRelease release, List<Device> devices, Instant now) {
    AppName app = release.id().app();
    List<Target> targets = new ArrayList<>();
    WavePlan.places(manifest, devices)
        .forEach(
            (device, place) ->
                targets.add(
                    Target.planned(device.id(), run(device.id(), release, false), place, now)));
    targets.sort(Comparator.comparing(Target::device));
    return new Rollout(
        UUID.randomUUID(),
        app,
        Rollout.IN_WAVES,
        now,
        "apply rollout " + manifest.name(),
        targets,
        Optional.of(Course.begin(manifest)));
  }

  private Order.Run run(DeviceId device, StoredRelease release, boolean again) {
    AppHistory history = store.history(device, release.id().app());
    return new Order.Run(history.next(release.id(), again), release.payloadSha256());
  }

  /** Does what a person asks; the rollout as it is then, of an undo the one that takes it back. */
  public Rollout steer(String reference, Verb verb, Instant now) {
    Rollout named = requireToSteer(reference);
    return changing(named.app(), now, () -> steer(store.find(named.id()).orElseThrow(), verb, now));
  }

  private UUID steer(Rollout rollout, Verb verb, Instant now) {
    if (verb == Verb.UNDO) {
      return undo(rollout, now);
    }
    Steering steering = new Steering(rollout, now);
    Course next = steering.course(verb);
    if (verb == Verb.RETRY) {
      retry(rollout, steering, now);
    } else if (verb == Verb.RESUME) {
      steering.excused().forEach(target -> store.update(rollout.id(), target));
    }
    store.update(rollout.id(), next);
    return rollout.id();
  }

  private void retry(Rollout rollout, Steering steering, Instant now) {
    List<Target> failed = steering.toRetry();
    reservations.checkOthers(rollout, devicesOf(failed));
    reservations.checkNewer(rollout, devicesOf(failed));
    StoredRelease release = releases.require(rollout.release().orElseThrow());
    failed.forEach(
        t -> store.update(rollout.id(), t.withRetry(run(t.device(), release, true), now)));
  }

  private UUID undo(Rollout rollout, Instant now) {
    Course course = Steering.course(rollout);
    Rollout back =
        driver
            .wayBack()
            .of(rollout, Set.of(), now)
            .orElseThrow(
                () ->
                    Problem.of(
                        Problem.Code.CONFLICT,
                        "no device of "
                            + rollout.title()
                            + " has a release to go back to, or something else was asked of it since",
                        "end it with `bumpless rollout abort`; see `bumpless rollout history "
                            + rollout.app()
                            + "`"));
    reservations.checkOthers(rollout, devicesOf(back.targets()));
    if (course.state().isOpen()) {
      store.update(rollout.id(), course.in(State.ABORTED, "it was taken back"));
    }
    store.save(back);
    return back.id();
  }

  /** Does the work and what follows from it in one step, and tells of new orders. */
  private Rollout changing(AppName app, Instant now, Supplier<UUID> work) {
    Set<DeviceId> ordered = new HashSet<>();
    UUID id;
    synchronized (driver) {
      id =
          orders.inTransaction(
              () -> {
                UUID changed = work.get();
                ordered.addAll(driver.advance(Optional.of(app), RolloutDriver.Look.NONE, now));
                return changed;
              });
    }
    if (!ordered.isEmpty()) {
      listener.ordered(ordered);
    }
    return store.find(id).orElseThrow();
  }

  private static Set<DeviceId> devicesOf(List<Target> targets) {
    return targets.stream().map(Target::device).collect(Collectors.toSet());
  }
}
