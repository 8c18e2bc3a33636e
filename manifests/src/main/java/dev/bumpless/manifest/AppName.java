package dev.bumpless.manifest;

import dev.bumpless.manifest.yaml.Problem;

/** The name of an app: a DNS label (RFC 1123), so it fits container names, topics and URLs. */
public record AppName(String value) implements Comparable<AppName> {

  public AppName {
    InvalidManifestException.check(
        Limits.isLabel(value), "%s is not %s", Problem.quote(value), Limits.LABEL_EXPECTED);
  }

  @Override
  public int compareTo(AppName other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
