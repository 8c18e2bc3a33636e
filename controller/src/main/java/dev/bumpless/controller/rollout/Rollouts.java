package dev.bumpless.controller.rollout;

import dev.bumpless.controller.fleet.Device;
import dev.bumpless.controller.fleet.Fleet;
import dev.bumpless.controller.fleet.Selection;
import dev.bumpless.controller.problem.Problem;
import dev.bumpless.controller.release.PinnedApp;
import dev.bumpless.controller.release.ReleaseService;
import dev.bumpless.controller.release.StoredRelease;
import dev.bumpless.manifest.App;
import dev.bumpless.manifest.AppName;
import dev.bumpless.manifest.Container;
import dev.bumpless.manifest.ImageRef;
import dev.bumpless.protocol.AppReport;
import dev.bumpless.protocol.DeviceId;
import dev.bumpless.protocol.DeviceReport;
import dev.bumpless.protocol.Order;
import dev.bumpless.protocol.Phase;
import dev.bumpless.protocol.Release;
import dev.bumpless.protocol.ReleaseId;
import dev.bumpless.protocol.Revision;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * Starts rollouts and follows them. What is asked for becomes a kept rollout first; its orders
 * follow from the plan, so a controller that dies in between makes them when it is back.
 *
 * <p>{@link #start} may be called by any thread and does one at a time; {@link #heard} is called by
 * the link's thread.
 */
public final class Rollouts {
  /** Rollouts of an app that are searched for the last one of its kind. */
  static final int LOOK_BACK = 20;

  private final RolloutStore store;
  private final OrderStore orders;
  private final OrderBook book;
  private final ReleaseService releases;
  private final TargetChooser chooser;
  private volatile OrderListener listener = devices -> {};

  public Rollouts(
      RolloutStore store, OrderStore orders, OrderBook book, ReleaseService releases, Fleet fleet) {
    this.store = store;
    this.orders = orders;
    this.book = book;
    this.releases = releases;
    this.chooser = new TargetChooser(fleet, orders, store);
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
    chooser.choose(command, selection);
    Optional<PinnedApp> pinned = pin(command);
    Rollout rollout;
    synchronized (this) {
      List<Device> devices = chooser.choose(command, selection);
      rollout = orders.inTransaction(() -> decide(command, pinned, devices, now));
    }
    listener.ordered(rollout.targets().stream().map(Target::device).collect(Collectors.toSet()));
    return store.find(rollout.id()).orElseThrow();
  }

  /** Does what is left to do of every rollout: after a start of the controller. */
  public synchronized void resume(Instant now) {
    inOneStep(() -> advance(Optional.empty(), now));
  }

  /** Notes what a device says of its apps. */
  public void heard(DeviceReport report, Instant now) {
    for (AppReport app : report.apps()) {
      book.accepted(report.device(), app.app(), app.sequence(), now);
      store
          .target(app.order(), report.device())
          .filter(target -> target.verdict().isEmpty())
          .filter(target -> !target.report().equals(Optional.of(app)))
          .ifPresent(target -> store.update(app.order(), target.withReport(app, now)));
    }
  }

  /** Does all of the work in one durable step: a batch of reports costs one sync. */
  public void inOneStep(Runnable work) {
    orders.inTransaction(
        () -> {
          work.run();
          return true;
        });
  }

  public Optional<Rollout> find(UUID id) {
    return store.find(id);
  }

  public List<Rollout> recent(Optional<AppName> app, int limit) {
    return store.recent(app, limit);
  }

  /** What was asked for last, which after an undo is not the newest release. */
  public Optional<ReleaseId> desired(AppName app) {
    return store.recent(Optional.of(app), LOOK_BACK).stream()
        .flatMap(rollout -> rollout.release().stream())
        .findFirst();
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
    advance(Optional.of(command.app()), now);
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
          othersOn(device, command.app()));
    }
    return action;
  }

  /** The releases that the other apps of a device serve or are about to. */
  private List<Release> othersOn(Device device, AppName app) {
    return orders.ordersOf(device.id()).stream()
        .map(StoredOrder::order)
        .filter(order -> !order.app().equals(app))
        .flatMap(order -> releaseThere(order, device).stream())
        .map(id -> releases.require(id).release())
        .toList();
  }

  /** What was ordered; but where that failed, what serves instead, if anything does. */
  private Optional<ReleaseId> releaseThere(Order order, Device device) {
    Optional<AppReport> failed =
        device
            .app(order.app())
            .filter(report -> report.order().equals(order.id()))
            .filter(report -> report.phase().isFinal() && !report.phase().isSuccess());
    return failed.isPresent()
        ? failed.flatMap(AppReport::serving).map(Revision::release)
        : Rollout.releaseOf(order.action());
  }

  private void advance(Optional<AppName> app, Instant now) {
    Set<AppAndDevice> taken = new HashSet<>();
    for (Rollout rollout : store.unfinished(app)) {
      Set<DeviceId> takenHere =
          rollout.targets().stream()
              .map(Target::device)
              .filter(device -> !taken.add(new AppAndDevice(rollout.app(), device)))
              .collect(Collectors.toSet());
      Runner runner = new Runner(rollout, now);
      RolloutPlanner.plan(rollout, takenHere).forEach(step -> step.runWith(runner));
    }
  }

  /** Does the steps of one rollout, inside the caller's transaction. */
  private final class Runner implements RolloutStep.StepRunner {
    private final Rollout rollout;
    private final Instant now;

    Runner(Rollout rollout, Instant now) {
      this.rollout = rollout;
      this.now = now;
    }

    @Override
    public void issue(RolloutStep.IssueOrder step) {
      book.issue(rollout.id(), step.target().device(), step.target().action(), now);
      store.update(rollout.id(), step.target().withIssued(now));
    }

    @Override
    public void supersede(RolloutStep.Supersede step) {
      store.update(rollout.id(), step.target().withVerdict(Phase.SUPERSEDED, now));
    }
  }

  private record AppAndDevice(AppName app, DeviceId device) {}
}
