package dev.bumpless.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bumpless.manifest.AppName;
import dev.bumpless.manifest.RolloutLimits;
import dev.bumpless.manifest.RolloutManifest;
import dev.bumpless.manifest.RolloutParser;
import dev.bumpless.manifest.RolloutSource;
import dev.bumpless.manifest.RolloutTarget;
import dev.bumpless.manifest.Wave;
import dev.bumpless.protocol.ReleaseId;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Takes a rollout through a fleet that is not there, with some devices failing. What makes it wait
 * by the clock is left out, and whoever has to approve does so at once.
 */
final class Rehearsal {
  private final Lab lab;
  private final Fate fate;
  private final RolloutManifest manifest;
  private final AppName app;

  /**
   * @param app that the rollout is of
   */
  Rehearsal(Lab lab, Fate fate, RolloutManifest manifest, AppName app) {
    this.lab = lab;
    this.fate = fate;
    this.manifest = manifest;
    this.app = app;
  }

  /**
   * The rollout without window, watches and rate, for all of the simulated devices.
   *
   * @return what is given to the controller
   */
  static RolloutManifest withoutClock(RolloutManifest manifest) {
    RolloutLimits limits = manifest.limits();
    return new RolloutManifest(
        manifest.name(),
        new RolloutSource.Beside("app.yaml"),
        new RolloutTarget(List.of(), Map.of("fleet", "simulated"), false),
        manifest.waves().stream()
            .map(w -> new Wave(w.devices(), w.percent(), w.approval(), Duration.ZERO))
            .toList(),
        new RolloutLimits(
            limits.failures(),
            limits.success(),
            limits.gap(),
            Optional.empty(),
            limits.inFlightPerSite()),
        manifest.deadline(),
        Optional.empty(),
        manifest.onFailure());
  }

  /** What it does without, for a person; empty where nothing. */
  static List<String> leftOut(RolloutManifest manifest) {
    List<String> words = new ArrayList<>();
    manifest.window().ifPresent(window -> words.add("window"));
    if (manifest.waves().stream().anyMatch(wave -> !wave.after().isZero())) {
      words.add("after");
    }
    manifest.limits().perMinute().ifPresent(most -> words.add("perMinute"));
    manifest.limits().gap().ifPresent(most -> words.add("gap (a stand-in has one of 3 ms)"));
    if (manifest.waves().stream().anyMatch(Wave::approval)) {
      words.add("then: approve (given at once)");
    }
    return words;
  }

  /**
   * Runs it to its end and prints what became of it.
   *
   * @param failing share of the devices on which the release dies, 0 to 1
   * @return whether it came through
   */
  boolean run(double failing, PrintStream out) throws IOException, InterruptedException {
    lab.connect();
    lab.say("every device gets a release to go back to");
    RolloutView before = lab.apply(everywhere(), app.value(), 1);
    lab.await("serve it", () -> lab.ends().of(before.id()), lab.ids().size());
    lab.awaitDone(before);
    fate.failOn(new ReleaseId(app, 2), failing);
    lab.say("rehearsing %s", manifest.name());
    RolloutView begun = lab.apply(RolloutParser.toYaml(withoutClock(manifest)), app.value(), 2);
    RolloutView end = lab.awaitThat(begun, this::isOver);
    print(end, out);
    return end.state().equals("FINISHED");
  }

  private String everywhere() {
    return """
        apiVersion: bumpless.dev/v1
        kind: Rollout
        name: before-%s
        app: app.yaml
        target: { fleet: simulated }
        waves: [ { percent: 100 } ]
        """
        .formatted(app);
  }

  /** Each look is told; until it is over, whoever has to approve does. */
  private boolean isOver(RolloutView seen) {
    JsonNode waves = seen.course().path("waves");
    int open = seen.course().path("wave").asInt();
    JsonNode wave = waves.path(open - 1);
    lab.say(
        "wave %d: %d of %d at their end, %d failed",
        open,
        wave.path("size").asInt() - wave.path("open").asInt(),
        wave.path("size").asInt(),
        wave.path("failed").asInt());
    boolean isAsked = wave.path("gate").asText().equals("approve") && wave.hasNonNull("settledAt");
    if (seen.state().equals("RUNNING") && isAsked) {
      approve(seen);
    }
    return !seen.state().equals("RUNNING");
  }

  private void approve(RolloutView seen) {
    try {
      lab.say("approved");
      lab.controller().post("/rollouts/" + seen.id() + "/approve", Map.of());
    } catch (IOException e) {
      lab.say("not approved: %s", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void print(RolloutView end, PrintStream out) {
    out.printf(
        "%-5s %-12s %8s %10s %7s %9s%n",
        "WAVE", "REACH", "DEVICES", "SUCCEEDED", "FAILED", "UNTOUCHED");
    for (JsonNode wave : end.course().path("waves")) {
      int number = wave.path("number").asInt();
      long untouched =
          end.count(
              device -> device.path("wave").asInt() == number && device.path("steps").isEmpty());
      out.printf(
          "%-5d %-12s %8d %10d %7d %9d%n",
          number,
          wave.path("reach").asText(),
          wave.path("size").asInt(),
          wave.path("succeeded").asInt(),
          wave.path("failed").asInt(),
          untouched);
    }
    String reason = end.course().path("reason").asText();
    out.printf(
        "%n%s after %d s%s%n",
        end.state(), end.took().toSeconds(), reason.isEmpty() ? "" : ": " + reason);
  }
}
