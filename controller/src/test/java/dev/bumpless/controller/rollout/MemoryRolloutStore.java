package dev.bumpless.controller.rollout;

import dev.bumpless.manifest.AppName;
import dev.bumpless.manifest.RolloutName;
import dev.bumpless.protocol.DeviceId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** {@link RolloutStore} that forgets. */
public final class MemoryRolloutStore implements RolloutStore {
  private final List<Rollout> newestFirst = new ArrayList<>();

  @Override
  public synchronized void save(Rollout rollout) {
    newestFirst.add(0, rollout);
  }

  @Override
  public synchronized void update(UUID id, Target target) {
    newestFirst.replaceAll(
        rollout -> rollout.id().equals(id) ? rollout.withTargets(with(rollout, target)) : rollout);
  }

  private static List<Target> with(Rollout rollout, Target target) {
    List<Target> targets = new ArrayList<>(rollout.targets());
    targets.removeIf(t -> t.device().equals(target.device()));
    targets.add(target);
    targets.sort(Comparator.comparing(Target::device));
    return targets;
  }

  @Override
  public synchronized void update(UUID id, Course course) {
    newestFirst.replaceAll(
        rollout -> rollout.id().equals(id) ? rollout.withCourse(course) : rollout);
  }

  @Override
  public synchronized Optional<Rollout> named(RolloutName name) {
    return newestFirst.stream().filter(r -> r.name().equals(Optional.of(name))).findFirst();
  }

  @Override
  public synchronized Set<AppName> appsInWaves() {
    return newestFirst.stream()
        .filter(rollout -> rollout.course().isPresent() && !rollout.isDone())
        .map(Rollout::app)
        .collect(Collectors.toSet());
  }

  @Override
  public synchronized Optional<Rollout> find(UUID id) {
    return newestFirst.stream().filter(rollout -> rollout.id().equals(id)).findFirst();
  }

  @Override
  public Optional<Target> target(UUID rollout, DeviceId device) {
    return find(rollout).stream()
        .flatMap(r -> r.targets().stream())
        .filter(target -> target.device().equals(device))
        .findFirst();
  }

  @Override
  public synchronized List<Rollout> recent(Optional<AppName> app, int limit) {
    return newestFirst.stream()
        .filter(rollout -> app.isEmpty() || app.get().equals(rollout.app()))
        .limit(limit)
        .toList();
  }

  @Override
  public List<Rollout> unfinished(Optional<AppName> app) {
    return recent(app, Integer.MAX_VALUE).stream().filter(rollout -> !rollout.isDone()).toList();
  }

  @Override
  public List<Rollout> unfinishedAfter(Rollout rollout) {
    return recent(Optional.of(rollout.app()), Integer.MAX_VALUE).stream()
        .takeWhile(newer -> !newer.id().equals(rollout.id()))
        .filter(newer -> !newer.isDone())
        .toList();
  }

  @Override
  public synchronized Optional<Rollout> newest(String nameOrApp) {
    return newestFirst.stream()
        .filter(
            rollout ->
                rollout.app().value().equals(nameOrApp)
                    || rollout.name().filter(n -> n.value().equals(nameOrApp)).isPresent())
        .findFirst();
  }

  @Override
  public Optional<Rollout> newest(AppName app, Predicate<Rollout> which) {
    return recent(Optional.of(app), Integer.MAX_VALUE).stream().filter(which).findFirst();
  }

  @Override
  public AppHistory history(DeviceId device, AppName app) {
    return new AppHistory(
        recent(Optional.of(app), Integer.MAX_VALUE).stream()
            .flatMap(rollout -> rollout.targets().stream())
            .filter(target -> target.device().equals(device))
            .limit(1_000)
            .toList());
  }
}
