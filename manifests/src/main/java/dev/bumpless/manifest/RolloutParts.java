package dev.bumpless.manifest;

import dev.bumpless.manifest.shape.ChoiceShape;
import dev.bumpless.manifest.shape.DurationShape;
import dev.bumpless.manifest.shape.Field;
import dev.bumpless.manifest.shape.IntegerShape;
import dev.bumpless.manifest.shape.ObjectShapeBuilder;
import dev.bumpless.manifest.shape.Shape;
import dev.bumpless.manifest.shape.Texts;
import dev.bumpless.manifest.shape.Values;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.Map;
import java.util.Optional;

/** What the entries of {@code waves}, {@code limits} and {@code window} look like. */
final class RolloutParts {
  private static final IntegerShape PERCENT = new IntegerShape(1, Wave.WHOLE);
  private static final DurationShape AFTER = new DurationShape(Duration.ZERO, Duration.ofDays(30));
  private static final DurationShape GAP =
      new DurationShape(Duration.ofMillis(1), Duration.ofHours(1));
  private static final DurationShape LENGTH =
      new DurationShape(Duration.ofMinutes(1), Duration.ofDays(7));

  private RolloutParts() {}

  static Shape<Wave> wave() {
    var of = new ObjectShapeBuilder<Wave>();
    var devices =
        of.optional(
            "devices",
            RolloutShape.count().optional(),
            Wave::devices,
            Optional.empty(),
            "So many devices have had their turn when the wave is over; or");
    var percent =
        of.optional(
            "percent",
            PERCENT.optional(),
            Wave::percent,
            Optional.empty(),
            "this share of them, rounded up.");
    var then =
        of.optional(
            "then",
            new ChoiceShape<>(Map.of("approve", true)).optional(),
            w -> w.approval() ? Optional.of(true) : Optional.empty(),
            Optional.empty(),
            "`bumpless rollout approve` has to let the next wave go.");
    var after =
        of.optional(
            "after", AFTER, Wave::after, Duration.ZERO, "How long to watch before the next wave.");
    of.check(
        v -> {
          justOne(v, devices, percent);
          boolean isWatched = v.find(after).filter(span -> !span.isZero()).isPresent();
          if (v.isGiven(then) && isWatched) {
            v.problem("after", "both then and after", "take one of them");
          }
        });
    return of.build(
        v -> new Wave(v.get(devices), v.get(percent), v.get(then).isPresent(), v.get(after)));
  }

  static Shape<RolloutLimits> limits() {
    var of = new ObjectShapeBuilder<RolloutLimits>();
    RolloutLimits usual = RolloutLimits.DEFAULT;
    var failures =
        of.optional(
            "failures",
            new ThresholdShape(),
            RolloutLimits::failures,
            usual.failures(),
            "How many of the rollout, or which share of a wave, may fail.");
    var success =
        of.optional(
            "success",
            new IntegerShape(1, Wave.WHOLE).optional(),
            RolloutLimits::success,
            usual.success(),
            "Percent of a wave that must have succeeded before the next one begins;"
                + " none: all of it must have come to an end.");
    var gap =
        of.optional(
            "gap",
            GAP.optional(),
            RolloutLimits::gap,
            usual.gap(),
            "A longer measured gap is a failure.");
    var perMinute =
        of.optional(
            "perMinute",
            RolloutShape.count().optional(),
            RolloutLimits::perMinute,
            usual.perMinute(),
            "Most orders in any minute.");
    var inFlight =
        of.optional(
            "inFlightPerSite",
            RolloutShape.count().optional(),
            RolloutLimits::inFlightPerSite,
            usual.inFlightPerSite(),
            "Most devices with the same label `site` that are under way at once.");
    return of.build(
        v ->
            new RolloutLimits(
                v.get(failures), v.get(success), v.get(gap), v.get(perMinute), v.get(inFlight)));
  }

  static Shape<MaintenanceWindow> window() {
    var of = new ObjectShapeBuilder<MaintenanceWindow>();
    var cron =
        of.optional(
            "cron",
            Texts.matching(Cron.EXPECTED, "[0-9A-Za-z*,/ -]+", 200, "\"0 2 * * SUN\"")
                .as(Cron::parse, Cron::toString)
                .optional(),
            MaintenanceWindow::cron,
            Optional.empty(),
            "When it opens, again and again; or");
    var at =
        of.optional(
            "at",
            Texts.matching(
                    "a day and a time such as \"2026-12-06T02:00\"",
                    "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2})?",
                    19,
                    "")
                .as(RolloutParts::moment, LocalDateTime::toString)
                .optional(),
            MaintenanceWindow::at,
            Optional.empty(),
            "when it opens, once.");
    var length = of.required("length", LENGTH, MaintenanceWindow::length, "How long it is open.");
    var zone =
        of.optional(
            "zone",
            Texts.matching("a time zone such as Europe/Vienna", "[A-Za-z0-9_+/-]+", 64, "")
                .as(RolloutParts::zone, ZoneId::getId),
            MaintenanceWindow::zone,
            ZoneId.of("UTC"),
            "Whose clock counts.");
    of.check(v -> justOne(v, cron, at));
    return of.build(v -> new MaintenanceWindow(v.get(cron), v.get(at), v.get(length), v.get(zone)));
  }

  private static void justOne(Values v, Field<?, ?> one, Field<?, ?> other) {
    String names = one.name() + " and " + other.name();
    if (v.isGiven(one) && v.isGiven(other)) {
      v.problem(other.name(), "both " + names, "take one of them");
    } else if (!v.isGiven(one) && !v.isGiven(other)) {
      v.problem("", "neither " + one.name() + " nor " + other.name(), "give one of them");
    }
  }

  private static LocalDateTime moment(String text) {
    try {
      return LocalDateTime.parse(text);
    } catch (DateTimeException e) {
      throw new InvalidManifestException("there is no " + text + " in any calendar");
    }
  }

  private static ZoneId zone(String text) {
    try {
      return ZoneId.of(text);
    } catch (DateTimeException e) {
      throw new InvalidManifestException("no time zone is called '" + text + "'");
    }
  }
}
