package dev.bumpless.controller.rollout;

import dev.bumpless.controller.audit.AuditLog;
import dev.bumpless.controller.fleet.Device;
import dev.bumpless.controller.fleet.Fleet;
import dev.bumpless.controller.fleet.Selection;
import dev.bumpless.controller.problem.Problem;
import dev.bumpless.controller.release.PinnedApp;
import dev.bumpless.controller.release.ReleaseService;
import dev.bumpless.controller.release.StoredRelease;
import dev.bumpless.controller.rollout.RolloutDriver.Look;
import dev.bumpless.manifest.App;
import dev.bumpless.manifest.AppName;
import dev.bumpless.manifest.Container;
import dev.bumpless.manifest.ImageRef;
import dev.bumpless.protocol.AppReport;
import dev.bumpless.protocol.DeviceId;
import dev.bumpless.protocol.DeviceReport;
import dev.bumpless.protocol.Order;
import dev.bumpless.protocol.ReleaseId;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Starts rollouts and follows them. What is asked for becomes a kept rollout first; its orders
 * follow from the plan, so a controller that dies in between makes them when it is back.
 *
 * <p>{@link #start} may be called by any thread and does one at a time; {@link #heard} is called by
 * the link's thread. Those in waves are {@link #waves}.
 */
public final class Rollouts {
  private final RolloutStore store;
  private final OrderStore orders;
  private final OrderBook book;
  private final ReleaseService releases;
  private final TargetChooser chooser;
  private final RolloutDriver driver;
  private final WaveRollouts waves;
  private final Forcing forcing;
  private volatile OrderListener listener = devices -> {};

  /**
   * @param audit what is done by itself is written there; part of the transactions of the orders
   */
  public Rollouts(
      RolloutStore store,
      OrderStore orders,
      OrderBook book,
      ReleaseService releases,
      Fleet fleet,
      AuditLog audit) {
    this.store = store;
    this.orders = orders;
    this.book = book;
    this.releases = releases;
    this.chooser = new TargetChooser(fleet, orders, store);
    this.driver = new RolloutDriver(store, orders, book, releases, fleet, audit);
    this.forcing = new Forcing(store, book, fleet);
    this.waves =
        new WaveRollouts(
            store, orders, releases, fleet, driver, devices -> listener.ordered(devices));
  }

  /** Those in waves. */
  public WaveRollouts waves() {
    return waves;
  }

  /** Whom to tell of new orders; set once, before anything is started. */
  public void listen(OrderListener orderListener) {
    this.listener = orderListener;
  }

  /**
   * Does what is asked: resolves images where there are any, makes the release, the rollout and the
   * orders. May take as long as a registry takes.
   *
   * @throws dev.bumpless.controller.problem.ProblemException nothing was changed then
   */
  public Rollout start(Command command, Selection selection, Instant now) {
    return start(command, selection, false, now);
  }

  /**
   * As {@link #start(Command, Selection, Instant)}.
   *
   * @param supersede whether devices are taken from a rollout in waves that runs there
   */
  public Rollout start(Command command, Selection selection, boolean supersede, Instant now) {
    return start(command, selection, supersede, now, started -> {});
  }

  /**
   * As {@link #start(Command, Selection, boolean, Instant)}.
   *
   * @param also is done in the same durable step: both are kept, or neither
   */
  public Rollout start(
      Command command,
      Selection selection,
      boolean supersede,
      Instant now,
      Consumer<Rollout> also) {
    chooser.choose(command, selection); // refused before a registry is asked; devices may change
    Optional<PinnedApp> pinned = pin(command);
    Set<DeviceId> ordered = new HashSet<>();
    Rollout rollout;
    synchronized (driver) {
      List<Device> devices = chooser.choose(command, selection);
      rollout =
          orders.inTransaction(
              () -> {
                if (!supersede) {
                  checkReserved(command.app(), devices);
                }
                Rollout decided = decide(command, pinned, devices, now);
                also.accept(decided);
                ordered.addAll(driver.advance(Optional.of(command.app()), Look.NONE, now));
                return decided;
              });
    }
    listener.ordered(ordered);
    return store.find(rollout.id()).orElseThrow();
  }

  private void checkReserved(AppName app, List<Device> devices) {
    Set<DeviceId> ids = devices.stream().map(Device::id).collect(Collectors.toSet());
    new Reservations(store).check(app, ids);
  }

  /** Does what is left to do of every rollout: after a start of the controller. */
  public void resume(Instant now) {
    synchronized (driver) {
      inOneStep(() -> driver.advance(Optional.empty(), Look.NONE, now));
    }
  }

  /**
   * Has devices of a rollout that wait for somebody begin at once.
   *
   * @param reference id, name, or the app
   */
  public Rollout force(String reference, Selection selection, Instant now) {
    Rollout rollout = forcing.ofApp(reference, selection).orElseGet(() -> waves.require(reference));
    Set<DeviceId> ordered;
    synchronized (driver) {
      ordered =
          orders.inTransaction(
              () -> forcing.force(store.find(rollout.id()).orElseThrow(), selection, now));
    }
    listener.ordered(ordered);
    return store.find(rollout.id()).orElseThrow();
  }

  /** What was asked of a device last, for each of its apps. */
  public List<StoredOrder> ordersOf(DeviceId device) {
    return book.of(device);
  }

  /** Notes what a device says of its apps. */
  public void heard(DeviceReport report, Instant now) {
    for (AppReport app : report.apps()) {
      book.accepted(report.device(), app.app(), app.sequence(), now);
      store
          .target(app.order(), report.device())
          .filter(target -> target.isMeantBy(app) && !target.report().equals(Optional.of(app)))
          .ifPresent(target -> heard(report.device(), app, target, now));
    }
  }

  /**
   * An order that was under way when it was given up is taken back as soon as the device tells of
   * it: it would begin in its window, and nobody looks at a rollout that is over. What has begun
   * goes on to its end.
   */
  private void heard(DeviceId device, AppReport app, Target target, Instant now) {
    Optional<Target.Verdict> standing = target.verdict().filter(v -> !v.yieldsTo(app));
    if (standing.isEmpty()) {
      take(app, target, now);
    } else if (app.phase().isStaging()) {
      book.cancel(app.order(), device, app.app(), standing.get().reason(), now);
    }
  }

  /** Notes which orders a device holds: those that it has lost are sent again. */
  public void holds(DeviceId device, Map<AppName, Long> sequences, Instant now) {
    book.holds(
        device,
        sequences,
        order -> store.target(order.id(), device).filter(t -> t.phase().isSuccess()).isPresent(),
        now);
  }

  private void take(AppReport app, Target target, Instant now) {
    store.update(app.order(), target.withReport(app, now));
    waves.touch(app.app());
  }

  /** Does all of the work in one durable step: a batch of reports costs one sync. */
  public void inOneStep(Runnable work) {
    orders.inTransaction(
        () -> {
          work.run();
          return true;
        });
  }

  /** Whether the last thing that was asked of a device for an app has not come to its end. */
  public boolean isUnderWay(DeviceId device, AppName app) {
    return store.history(device, app).newestFirst().stream()
        .findFirst()
        .filter(target -> !target.isFinished())
        .isPresent();
  }

  public List<Rollout> recent(Optional<AppName> app, int limit) {
    return store.recent(app, limit);
  }

  /** What was asked for last, which after an undo is not the newest release. */
  public Optional<ReleaseId> desired(AppName app) {
    return store.newest(app, rollout -> rollout.release().isPresent()).flatMap(Rollout::release);
  }

  private Optional<PinnedApp> pin(Command command) {
    if (command instanceof Command.Apply apply) {
      return Optional.of(releases.pin(apply.manifest()));
    }
    if (command instanceof Command.SetImage set) {
      return Optional.of(releases.pin(withImages(baseOf(set.app()).release().app(), set.images())));
    }
    return Optional.empty();
  }

  private static App withImages(App app, Map<String, ImageRef> images) {
    images.keySet().stream()
        .filter(name -> app.container(name).isEmpty())
        .findFirst()
        .ifPresent(
            name -> {
              throw Problem.of(
                  Problem.Code.NOT_FOUND,
                  "app " + app.name() + " has no container '" + name + "'",
                  "it has: "
                      + String.join(", ", app.containers().stream().map(Container::name).toList()));
            });
    return app.withContainers(
        app.containers().stream()
            .map(c -> c.withImage(images.getOrDefault(c.name(), c.image())))
            .toList());
  }

  private StoredRelease baseOf(AppName app) {
    return desired(app).map(releases::require).orElseGet(() -> releases.requireNewest(app));
  }

  private Rollout decide(
      Command command, Optional<PinnedApp> pinned, List<Device> devices, Instant now) {
    Optional<StoredRelease> made = pinned.map(app -> releases.release(app, command.cause(), now));
    List<Target> targets =
        devices.stream()
            .map(device -> Target.planned(device.id(), actionFor(command, made, device), now))
            .toList();
    Rollout rollout =
        new Rollout(
            UUID.randomUUID(), command.app(), command.name(), now, command.cause(), targets);
    store.save(rollout);
    return rollout;
  }

  private Order.Action actionFor(Command command, Optional<StoredRelease> made, Device device) {
    AppHistory history = store.history(device.id(), command.app());
    Order.Action action =
        new ActionChooser(history, device.id(), id -> releases.require(id).payloadSha256())
            .choose(command, made.map(StoredRelease::id));
    if (action instanceof Order.Run run) {
      Preflight.check(
          releases.require(run.revision().release()).release(),
          device,
          driver.others().on(device, command.app()));
    }
    return action;
  }
}
