package dev.bumpless.controller.api;

import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import dev.bumpless.controller.problem.Problem;
import dev.bumpless.controller.problem.Problem.Detail;
import dev.bumpless.controller.source.Applied;
import dev.bumpless.controller.source.Drift;
import dev.bumpless.controller.source.SourceStatus;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What REST tells of sources; what is not known is null and left out. */
final class SourceAnswers {
  private SourceAnswers() {}

  @JsonPropertyOrder({
    "name",
    "place",
    "state",
    "revision",
    "lookedAt",
    "problem",
    "units",
    "drift"
  })
  record SourceBody(
      String name,
      String place,
      String state,
      @Nullable String revision,
      @Nullable String lookedAt,
      @Nullable ProblemBody problem,
      List<UnitBody> units,
      List<DriftBody> drift) {

    static SourceBody of(SourceStatus status) {
      return new SourceBody(
          status.name().value(),
          status.place(),
          status.state().name(),
          status.revision().orElse(null),
          Answers.text(status.lookedAt()),
          ProblemBody.of(status.problem()),
          status.units().stream().map(UnitBody::of).toList(),
          status.drift().stream().map(DriftBody::of).toList());
    }
  }

  @JsonPropertyOrder({"code", "message", "hint", "details"})
  record ProblemBody(String code, String message, String hint, List<Detail> details) {
    static @Nullable ProblemBody of(Optional<Problem> problem) {
      return problem
          .map(p -> new ProblemBody(p.code().name(), p.message(), p.hint(), p.details()))
          .orElse(null);
    }
  }

  @JsonPropertyOrder({"unit", "path", "release", "revision", "appliedAt", "problem"})
  record UnitBody(
      String unit,
      String path,
      @Nullable String release,
      @Nullable String revision,
      @Nullable String appliedAt,
      @Nullable ProblemBody problem) {

    static UnitBody of(SourceStatus.Row row) {
      return new UnitBody(
          row.unit(),
          row.path(),
          Answers.text(row.applied().flatMap(Applied::release)),
          row.applied().map(Applied::revision).orElse(null),
          Answers.text(row.applied().map(Applied::at)),
          ProblemBody.of(row.problem()));
    }
  }

  @JsonPropertyOrder({"device", "app", "wants", "runs", "underWay"})
  record DriftBody(String device, String app, String wants, String runs, boolean underWay) {
    static DriftBody of(Drift drift) {
      return new DriftBody(
          drift.device(), drift.app().value(), drift.wants(), drift.runs(), drift.isUnderWay());
    }
  }
}
