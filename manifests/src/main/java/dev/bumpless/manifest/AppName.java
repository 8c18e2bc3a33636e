package dev.bumpless.manifest;

import java.util.regex.Pattern;

/** The name of an app: a DNS label (RFC 1123), so it fits container names, topics and URLs. */
public record AppName(String value) implements Comparable<AppName> {
  private static final Pattern LABEL = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");

  public AppName {
    InvalidManifestException.check(
        LABEL.matcher(value).matches(),
        "'%s' is no app name: 1 to 63 of a-z, 0-9 and '-', not at the ends",
        value);
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
