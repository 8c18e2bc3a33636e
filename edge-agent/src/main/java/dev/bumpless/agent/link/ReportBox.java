package dev.bumpless.agent.link;

import dev.bumpless.manifest.AppName;
import dev.bumpless.protocol.AppReport;
import dev.bumpless.protocol.DeviceId;
import dev.bumpless.protocol.DeviceReport;
import dev.bumpless.protocol.Order;
import dev.bumpless.protocol.Phase;
import dev.bumpless.protocol.ReportAck;
import dev.bumpless.protocol.UpdateLease;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The newest state of each app, and whether the controller has it. Only the newest counts, with one
 * exception: how an order ended is told even where the next one has begun, in a report of its own
 * before the newest. One thread owns it.
 */
final class ReportBox {
  static final int MOST_MESSAGE_CHARS = 2000;
  private static final int SLIM_MESSAGE_CHARS = 200;
  private static final int MOST_ENDS = 16;
  private static final int MOST_REJECTIONS = 16;

  private final DeviceId device;
  private final UUID boot;
  private final Map<String, String> labels;
  private final Map<AppName, AppReport> newest = new TreeMap<>();
  private final Map<AppName, AppReport> refusals = new TreeMap<>();
  private final Deque<AppReport> ends = new ArrayDeque<>();
  private final Deque<DeviceReport.Rejection> rejected = new ArrayDeque<>();
  private final Deque<String> rejectedKeys = new ArrayDeque<>();
  private @Nullable DeviceReport last;
  private Map<AppName, AppReport> told = Map.of();
  private long number;
  private boolean isDirty = true;

  ReportBox(DeviceId device, UUID boot, Map<String, String> labels) {
    this.device = device;
    this.boot = boot;
    this.labels = Map.copyOf(labels);
  }

  /** What the reconciler says of an app. */
  void put(AppReport said) {
    AppReport report = withMessage(said, MOST_MESSAGE_CHARS);
    change(
        report.app(),
        () -> {
          newest.put(report.app(), report);
          refusals.computeIfPresent(
              report.app(),
              (app, refusal) -> refusal.sequence() > report.sequence() ? refusal : null);
        });
  }

  private void change(AppName app, Runnable change) {
    Optional<AppReport> before = shown(app);
    change.run();
    Optional<AppReport> after = shown(app);
    before.filter(b -> after.isPresent() && isUntoldEnd(b, after.get())).ifPresent(this::keepEnd);
    isDirty = true;
  }

  private void keepEnd(AppReport end) {
    ends.addLast(end);
    if (ends.size() > MOST_ENDS) {
      ends.removeFirst();
    }
  }

  private boolean isUntoldEnd(AppReport before, AppReport next) {
    return before.phase().isFinal()
        && !before.order().equals(next.order())
        && !before.equals(told.get(before.app()));
  }

  /** A genuine order that is not obeyed: its rollout shall hear the end of it. */
  void refuse(Order order, Phase phase, String message, Instant at) {
    AppReport refusal =
        new AppReport(
            order.app(),
            order.id(),
            order.sequence(),
            phase,
            order.action() instanceof Order.Run run
                ? Optional.of(run.revision())
                : Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            List.of(),
            message,
            Map.of(),
            at);
    AppReport cut = withMessage(refusal, MOST_MESSAGE_CHARS);
    change(order.app(), () -> refusals.put(order.app(), cut));
  }

  /**
   * Something that was not obeyed.
   *
   * @param key the same thing again is not worth another line
   * @return whether it was news
   */
  boolean reject(String code, String message, String key, Instant at) {
    if (rejectedKeys.contains(code + key)) {
      return false;
    }
    rejectedKeys.addLast(code + key);
    String shown = cut(message, SLIM_MESSAGE_CHARS * 2);
    rejected.addLast(new DeviceReport.Rejection(at, code, shown));
    if (rejected.size() > MOST_REJECTIONS) {
      rejected.removeFirst();
      rejectedKeys.removeFirst();
    }
    isDirty = true;
    return true;
  }

  /** How many it has made, repetitions not counted. */
  long count() {
    return number;
  }

  /** Says something again that has not changed, under a new number: the device is alive. */
  void refresh() {
    isDirty = true;
  }

  /** Whether the controller has everything. */
  boolean isSettled() {
    return !isDirty && last == null;
  }

  /** Whether there is something that was never sent. */
  boolean isDirty() {
    return isDirty;
  }

  /** What to send now: the last report again, or a new one where something has changed. */
  DeviceReport next(DeviceReport.Inventory inventory, List<UpdateLease> leases, Instant at) {
    DeviceReport report = last;
    if (isDirty || report == null) {
      report =
          new DeviceReport(
              device, boot, ++number, at, inventory, labels, apps(), List.copyOf(rejected), leases);
      last = report;
      isDirty = false;
    }
    return report;
  }

  /** The same report, small enough for any broker: what fills it is left out. */
  static DeviceReport slim(DeviceReport full) {
    List<AppReport> apps =
        full.apps().stream()
            .map(a -> withMessage(a, SLIM_MESSAGE_CHARS))
            .map(a -> with(a, a.message(), Map.of(), a))
            .toList();
    return new DeviceReport(
        full.device(),
        full.boot(),
        full.number(),
        full.at(),
        full.inventory(),
        full.labels(),
        apps,
        full.rejected());
  }

  /** Returns whether that was the report that counts. */
  boolean acknowledge(ReportAck ack) {
    DeviceReport report = last;
    if (report == null || !ack.boot().equals(boot) || ack.number() != report.number()) {
      return false;
    }
    last = null;
    Map<AppName, AppReport> heard = new TreeMap<>();
    report.apps().forEach(app -> heard.put(app.app(), app));
    told = heard;
    if (ends.removeIf(end -> end.equals(heard.get(end.app())))) {
      isDirty = true;
    }
    newest.values().removeIf(app -> app.phase() == Phase.DELETED && told.containsValue(app));
    return true;
  }

  private List<AppReport> apps() {
    Set<AppName> names = new TreeSet<>(newest.keySet());
    names.addAll(refusals.keySet());
    return names.stream().map(app -> firstEnd(app).or(() -> shown(app)).orElseThrow()).toList();
  }

  private Optional<AppReport> firstEnd(AppName app) {
    return ends.stream().filter(end -> end.app().equals(app)).findFirst();
  }

  /** The newest word: a refused order's, with what serves all the while, or the reconciler's. */
  private Optional<AppReport> shown(AppName app) {
    AppReport seen = newest.get(app);
    AppReport refusal = refusals.get(app);
    if (refusal == null || seen == null) {
      return Optional.ofNullable(refusal == null ? seen : refusal);
    }
    return Optional.of(with(refusal, refusal.message(), seen.containers(), seen));
  }

  private static AppReport withMessage(AppReport report, int mostChars) {
    return with(report, cut(report.message(), mostChars), report.containers(), report);
  }

  /** The report with another message and containers, and with what serves out of another one. */
  private static AppReport with(
      AppReport report, String message, Map<String, String> containers, AppReport serving) {
    return new AppReport(
        report.app(),
        report.order(),
        report.sequence(),
        report.phase(),
        report.revision(),
        serving.serving(),
        serving.slot(),
        report.gap(),
        report.hold(),
        report.wayBack(),
        report.steps(),
        message,
        containers,
        report.at());
  }

  private static String cut(String text, int mostChars) {
    return text.length() <= mostChars ? text : text.substring(0, mostChars - 1) + "…";
  }
}
