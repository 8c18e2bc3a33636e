package dev.bumpless.controller.api;

import dev.bumpless.controller.api.Answers.StepBody;
import dev.bumpless.controller.fleet.Device;
import dev.bumpless.controller.rollout.StoredOrder;
import dev.bumpless.manifest.Opening;
import dev.bumpless.protocol.AppReport;
import dev.bumpless.protocol.DeviceReport;
import dev.bumpless.protocol.Order;
import dev.bumpless.protocol.ReleaseId;
import dev.bumpless.protocol.Revision;
import dev.bumpless.protocol.UpdateLease;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What REST answers of devices. */
final class DeviceAnswers {
  private DeviceAnswers() {}

  record DeviceBody(
      String id,
      boolean online,
      @Nullable String lastSeen,
      Map<String, String> labels,
      DeviceReport.@Nullable Inventory inventory,
      List<DeviceAppBody> apps,
      List<RejectionBody> rejected,
      List<LeaseBody> leases,
      @Nullable List<DesiredBody> desired) {

    static DeviceBody of(Device device) {
      Optional<DeviceReport> report = device.report();
      return new DeviceBody(
          device.id().value(),
          device.online(),
          device.lastSeen().map(Instant::toString).orElse(null),
          new TreeMap<>(device.labels()),
          report.map(DeviceReport::inventory).orElse(null),
          report.map(DeviceReport::apps).orElse(List.of()).stream().map(DeviceAppBody::of).toList(),
          report.map(DeviceReport::rejected).orElse(List.of()).stream()
              .map(r -> new RejectionBody(r.at().toString(), r.code(), r.message()))
              .toList(),
          report.map(DeviceReport::leases).orElse(List.of()).stream().map(LeaseBody::of).toList(),
          null);
    }

    DeviceBody withDesired(List<DesiredBody> orders) {
      return new DeviceBody(
          id, online, lastSeen, labels, inventory, apps, rejected, leases, orders);
    }

    /** With what the images of each app are that serves. */
    DeviceBody withImages(Function<ReleaseId, Map<String, String>> imagesOf) {
      List<DeviceAppBody> pinned = apps.stream().map(app -> app.withImages(imagesOf)).toList();
      return new DeviceBody(
          id, online, lastSeen, labels, inventory, pinned, rejected, leases, desired);
    }
  }

  record RejectionBody(String at, String code, String message) {}

  /**
   * @param app that it is about; left out where it is all of the device
   */
  record LeaseBody(String owner, @Nullable String app, String reason, String until) {
    static LeaseBody of(UpdateLease lease) {
      return new LeaseBody(
          lease.owner(), Answers.text(lease.app()), lease.reason(), lease.until().toString());
    }
  }

  /**
   * What was asked of a device last, beside how far it is.
   *
   * @param generation number of the order; only grows
   * @param reported the newest generation that the device has spoken of; left out where it has not
   * @param held whether the device has said that it holds the order
   * @param withdrawn whether it is not delivered any more
   * @param opens when the window opens, the only one in which the device may begin
   * @param closes when that window closes
   * @param cancelled why it was taken back from a device that had it
   */
  record DesiredBody(
      String app,
      long generation,
      @Nullable Long reported,
      String action,
      @Nullable String release,
      @Nullable Integer attempt,
      boolean held,
      boolean withdrawn,
      boolean forced,
      @Nullable String opens,
      @Nullable String closes,
      @Nullable String cancelled) {

    static DesiredBody of(StoredOrder stored, Optional<AppReport> report) {
      Order order = stored.order();
      Optional<Revision> revision =
          order.action() instanceof Order.Run run ? Optional.of(run.revision()) : Optional.empty();
      return new DesiredBody(
          order.app().value(),
          order.sequence(),
          report.map(AppReport::sequence).orElse(null),
          order.action().getClass().getSimpleName().toLowerCase(Locale.ROOT),
          Answers.text(revision.map(Revision::release)),
          revision.map(Revision::attempt).orElse(null),
          stored.accepted(),
          stored.withdrawn(),
          order.waitsForNobody(),
          Answers.text(order.opening().map(Opening::from)),
          Answers.text(order.opening().map(Opening::until)),
          Answers.text(order.cancelled()));
    }
  }

  /**
   * @param generation number of the order that it is about
   * @param images of the release that serves, by container; only where one device is asked for
   */
  record DeviceAppBody(
      String app,
      long generation,
      String phase,
      @Nullable String release,
      @Nullable String serving,
      @Nullable String slot,
      @Nullable Double gapMs,
      @Nullable Double holdMs,
      @Nullable String wayBack,
      List<StepBody> steps,
      String message,
      Map<String, String> containers,
      @Nullable Map<String, String> images,
      String at) {

    static DeviceAppBody of(AppReport report) {
      return new DeviceAppBody(
          report.app().value(),
          report.sequence(),
          report.phase().name(),
          Answers.text(report.revision().map(Revision::release)),
          Answers.text(report.serving().map(Revision::release)),
          report.slot().orElse(null),
          report.gap().map(Answers::millis).orElse(null),
          report.hold().map(Answers::millis).orElse(null),
          report.wayBack().orElse(null),
          report.steps().stream().map(StepBody::of).toList(),
          report.message(),
          new TreeMap<>(report.containers()),
          null,
          report.at().toString());
    }

    private DeviceAppBody withImages(Function<ReleaseId, Map<String, String>> imagesOf) {
      return new DeviceAppBody(
          app,
          generation,
          phase,
          release,
          serving,
          slot,
          gapMs,
          holdMs,
          wayBack,
          steps,
          message,
          containers,
          serving == null ? null : imagesOf.apply(ReleaseId.parse(serving)),
          at);
    }
  }
}
