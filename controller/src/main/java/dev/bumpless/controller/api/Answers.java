package dev.bumpless.controller.api;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.bumpless.controller.fleet.Device;
import dev.bumpless.controller.fleet.Fleet;
import dev.bumpless.controller.problem.Problem;
import dev.bumpless.controller.release.StoredRelease;
import dev.bumpless.controller.rollout.Rollout;
import dev.bumpless.controller.rollout.RolloutPlanner;
import dev.bumpless.controller.rollout.TargetStatus;
import dev.bumpless.manifest.Container;
import dev.bumpless.protocol.AppReport;
import dev.bumpless.protocol.DeviceId;
import dev.bumpless.protocol.ReleaseId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What REST answers with: the records' field names are the contract of docs/rest.md. */
final class Answers {
  /** From so many devices on, all of the fleet is read at once. */
  private static final int MANY = 50;

  private Answers() {}

  record ErrorBody(Failure error) {
    static ErrorBody of(Problem problem) {
      return new ErrorBody(
          new Failure(problem.code().name(), problem.message(), problem.hint(), problem.details()));
    }
  }

  record Failure(String code, String message, String hint, List<Problem.Detail> details) {}

  record RolloutBody(
      String id,
      String app,
      String action,
      @Nullable String release,
      String createdAt,
      String cause,
      boolean done,
      boolean succeeded,
      List<RowBody> devices,
      WaveAnswers.@Nullable CourseBody course,
      @Nullable List<Problem.Detail> advice) {

    static RolloutBody of(Rollout rollout, Fleet fleet, Instant now) {
      Map<DeviceId, String> waiting = RolloutPlanner.waiting(rollout, now);
      Map<DeviceId, Device> devices = devices(rollout, fleet);
      return new RolloutBody(
          rollout.id().toString(),
          rollout.app().value(),
          rollout.command(),
          text(rollout.release()),
          rollout.createdAt().toString(),
          rollout.cause(),
          rollout.isDone(),
          rollout.isSucceeded(),
          rollout.targets().stream()
              .map(
                  target -> {
                    Device device =
                        devices.getOrDefault(target.device(), Device.enrolled(target.device()));
                    return RowBody.of(
                        rollout,
                        TargetStatus.of(
                            rollout,
                            target,
                            device,
                            fleet.pull(device.id(), rollout.app()),
                            Optional.ofNullable(waiting.get(device.id()))));
                  })
              .toList(),
          WaveAnswers.CourseBody.of(rollout),
          null);
    }

    /** One at a time, or all of the fleet at once where the rollout is a large one. */
    private static Map<DeviceId, Device> devices(Rollout rollout, Fleet fleet) {
      Stream<Device> devices =
          rollout.targets().size() < MANY
              ? rollout.targets().stream().flatMap(t -> fleet.device(t.device()).stream())
              : fleet.devices().stream();
      return devices.collect(Collectors.toMap(Device::id, device -> device));
    }

    RolloutBody withAdvice(List<Problem.Detail> lint) {
      return new RolloutBody(
          id,
          app,
          action,
          release,
          createdAt,
          cause,
          done,
          succeeded,
          devices,
          course,
          lint.isEmpty() ? null : lint);
    }
  }

  record RowBody(
      String device,
      @Nullable Integer wave,
      String phase,
      @Nullable String release,
      @Nullable String serving,
      @Nullable String slot,
      @Nullable Double gapMs,
      @Nullable Double holdMs,
      @Nullable String wayBack,
      List<StepBody> steps,
      String message,
      @Nullable PullBody pull,
      boolean online,
      String updatedAt) {

    static RowBody of(Rollout rollout, TargetStatus status) {
      Optional<AppReport> report = status.report();
      return new RowBody(
          status.target().device().value(),
          rollout.course().map(c -> status.target().place().wave() + 1).orElse(null),
          status.phase().name(),
          text(status.release()),
          text(status.serving()),
          status.slot().orElse(null),
          report.flatMap(AppReport::gap).map(Answers::millis).orElse(null),
          report.flatMap(AppReport::hold).map(Answers::millis).orElse(null),
          report.flatMap(AppReport::wayBack).orElse(null),
          report.map(AppReport::steps).orElse(List.of()).stream().map(StepBody::of).toList(),
          status.message(),
          status
              .pull()
              .map(p -> new PullBody(p.image(), p.doneBytes(), p.totalBytes()))
              .orElse(null),
          status.online(),
          status.target().updatedAt().toString());
    }
  }

  record StepBody(String name, double ms) {
    static StepBody of(AppReport.StepTime step) {
      return new StepBody(step.name(), millis(step.took()));
    }
  }

  record PullBody(String image, long doneBytes, long totalBytes) {}

  /**
   * @param devices where the app is, and the release that each serves
   * @param manifest YAML of the newest release; only where one app is asked for
   */
  record AppBody(
      String name,
      String release,
      Map<String, String> images,
      List<AppDeviceBody> devices,
      @Nullable String manifest) {}

  record AppDeviceBody(
      String device,
      boolean online,
      @Nullable String serving,
      @Nullable String slot,
      @Nullable String phase,
      @Nullable String wayBack) {}

  record ReleaseBody(
      String id,
      long counter,
      String createdAt,
      Map<String, String> images,
      String cause,
      @JsonProperty("desired") boolean isDesired) {

    static ReleaseBody of(StoredRelease stored, Optional<ReleaseId> desired) {
      return new ReleaseBody(
          stored.id().toString(),
          stored.id().counter(),
          stored.release().createdAt().toString(),
          imagesOf(stored),
          stored.cause(),
          desired.equals(Optional.of(stored.id())));
    }
  }

  record DiffBody(String app, boolean changed, String diff) {}

  static Map<String, String> imagesOf(StoredRelease stored) {
    Map<String, String> images = new TreeMap<>();
    for (Container container : stored.release().app().containers()) {
      images.put(container.name(), container.image().toString());
    }
    return images;
  }

  static @Nullable String text(Optional<?> value) {
    return value.map(Object::toString).orElse(null);
  }

  static double millis(Duration duration) {
    return Math.round(duration.toNanos() / 1e3) / 1e3;
  }
}
