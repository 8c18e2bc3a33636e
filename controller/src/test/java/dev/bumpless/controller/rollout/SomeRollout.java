package dev.bumpless.controller.rollout;

import dev.bumpless.manifest.AppName;
import dev.bumpless.manifest.RolloutManifest;
import dev.bumpless.manifest.RolloutParser;
import dev.bumpless.protocol.AppReport;
import dev.bumpless.protocol.DeviceId;
import dev.bumpless.protocol.Order;
import dev.bumpless.protocol.Phase;
import dev.bumpless.protocol.ReleaseId;
import dev.bumpless.protocol.Revision;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** A rollout in waves as a test wants it to stand. */
final class SomeRollout {
  static final Instant NOW = Instant.parse("2026-11-26T10:00:00Z");
  static final AppName PUMP = new AppName("pump");
  static final Order.Run RUN =
      new Order.Run(new Revision(new ReleaseId(PUMP, 2), 1), "ab".repeat(32));

  private final List<Target> targets = new ArrayList<>();
  private Course course;

  private SomeRollout(RolloutManifest manifest) {
    this.course = Course.begin(manifest);
  }

  /** With these lines in its manifest beside the needed ones. */
  static SomeRollout of(String... lines) {
    return new SomeRollout(manifest(lines));
  }

  static RolloutManifest manifest(String... lines) {
    String text =
        "apiVersion: bumpless.dev/v1\nkind: Rollout\nname: pump-2\napp: pump@2\n"
            + String.join("\n", lines);
    return RolloutParser.parse(
        text.contains("target:") ? text : text + "\ntarget: { all: true }", "pump-2.yaml");
  }

  static DeviceId id(int number) {
    return new DeviceId("dev-" + number);
  }

  /** Adds devices whose order is still to be made. */
  SomeRollout planned(int wave, int... numbers) {
    for (int number : numbers) {
      targets.add(target(wave, number, Optional.empty()));
    }
    return this;
  }

  SomeRollout plannedAt(String site, int... numbers) {
    for (int number : numbers) {
      targets.add(target(0, number, Optional.of(site)));
    }
    return this;
  }

  /** Adds one whose order went out so long ago. */
  SomeRollout sent(int wave, int number, Duration ago) {
    targets.add(target(wave, number, Optional.empty()).withIssued(1, NOW.minus(ago)));
    return this;
  }

  SomeRollout sentAt(String site, int number) {
    targets.add(target(0, number, Optional.of(site)).withIssued(1, NOW.minusSeconds(90)));
    return this;
  }

  /** Adds one that has said this. */
  SomeRollout said(int wave, int number, Phase phase) {
    return said(wave, number, phase, Optional.empty());
  }

  SomeRollout said(int wave, int number, Phase phase, Optional<Duration> gap) {
    Instant then = NOW.minusSeconds(90);
    targets.add(
        target(wave, number, Optional.empty())
            .withIssued(1, then)
            .withReport(report(phase, gap), then));
    return this;
  }

  SomeRollout add(Target target) {
    targets.add(target);
    return this;
  }

  SomeRollout in(Course.State state, String why) {
    course = course.in(state, why);
    return this;
  }

  SomeRollout settled(Duration ago) {
    course = course.settled(Optional.of(NOW.minus(ago)));
    return this;
  }

  SomeRollout wave(int number) {
    while (course.wave() < number) {
      course = course.nextWave();
    }
    return this;
  }

  Target target(int number) {
    return targets.stream().filter(t -> t.device().equals(id(number))).findFirst().orElseThrow();
  }

  Rollout rollout() {
    return new Rollout(
        new UUID(1, 1),
        PUMP,
        Rollout.IN_WAVES,
        NOW.minusSeconds(600),
        "apply rollout pump-2",
        targets,
        Optional.of(course));
  }

  List<RolloutStep> plan() {
    return RolloutPlanner.plan(rollout(), Surroundings.NONE, NOW);
  }

  Map<DeviceId, String> waiting() {
    return RolloutPlanner.waiting(rollout(), NOW);
  }

  static AppReport report(Phase phase, Optional<Duration> gap) {
    return new AppReport(
        PUMP,
        new UUID(1, 1),
        1,
        phase,
        Optional.of(RUN.revision()),
        Optional.empty(),
        Optional.empty(),
        gap,
        Optional.empty(),
        Optional.empty(),
        List.of(),
        "as a test says",
        Map.of(),
        NOW);
  }

  private static Target target(int wave, int number, Optional<String> site) {
    Instant made = NOW.minusSeconds(600);
    return Target.planned(id(number), RUN, new Target.Place(wave, site), made);
  }
}
