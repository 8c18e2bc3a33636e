package dev.bumpless.controller.source;

import dev.bumpless.controller.fleet.Selection;
import dev.bumpless.controller.rollout.Command;
import dev.bumpless.controller.rollout.Rollout;
import dev.bumpless.controller.rollout.Rollouts;
import dev.bumpless.controller.rollout.WaveRequest;
import dev.bumpless.manifest.App;
import dev.bumpless.manifest.ManifestWriter;
import dev.bumpless.manifest.RolloutManifest;
import dev.bumpless.manifest.RolloutParser;
import dev.bumpless.manifest.RolloutTarget;
import dev.bumpless.trust.Sha256;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;

/** One thing that a source asks for: the closed set. */
sealed interface Unit {
  /** What it stays when its file is renamed: {@code app/node-red}. */
  String key();

  /** The file that asks for it. */
  String path();

  RolloutTarget target();

  /** Its meaning as text: a comment or the order of keys is no change. */
  String meaning();

  /**
   * Starts it.
   *
   * @param also is done in the same durable step
   */
  Rollout start(Rollouts rollouts, Instant now, Consumer<Rollout> also);

  default String fingerprint() {
    return Sha256.hex(meaning().getBytes(StandardCharsets.UTF_8));
  }

  /** An app that goes to the source's own target. */
  record OfApp(String path, App app, RolloutTarget target) implements Unit {
    @Override
    public String key() {
      return "app/" + app.name();
    }

    @Override
    public String meaning() {
      return ManifestWriter.toYaml(app) + "\n" + target;
    }

    @Override
    public Rollout start(Rollouts rollouts, Instant now, Consumer<Rollout> also) {
      return rollouts.start(new Command.Apply(app), Selection.of(target), false, now, also);
    }
  }

  /** A rollout in waves, with the app that it names as a file. */
  record InWaves(String path, RolloutManifest manifest, Optional<App> beside) implements Unit {
    @Override
    public String key() {
      return "rollout/" + manifest.name();
    }

    @Override
    public RolloutTarget target() {
      return manifest.target();
    }

    @Override
    public String meaning() {
      return RolloutParser.toYaml(manifest) + "\n" + beside.map(ManifestWriter::toYaml).orElse("");
    }

    @Override
    public Rollout start(Rollouts rollouts, Instant now, Consumer<Rollout> also) {
      return rollouts.waves().start(new WaveRequest(manifest, beside, false), now, also);
    }
  }
}
