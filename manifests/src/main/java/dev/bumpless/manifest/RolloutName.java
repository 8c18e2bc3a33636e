package dev.bumpless.manifest;

import dev.bumpless.manifest.yaml.Problem;

/** The name of a rollout, made as that of an app is. */
public record RolloutName(String value) implements Comparable<RolloutName> {

  public RolloutName {
    InvalidManifestException.check(
        Limits.isLabel(value), "%s is not %s", Problem.quote(value), Limits.LABEL_EXPECTED);
  }

  @Override
  public int compareTo(RolloutName other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
