package dev.bumpless.controller.source;

import java.util.regex.Pattern;

/** What a source is called in the configuration, in REST and in the address of its webhook. */
public record SourceName(String value) implements Comparable<SourceName> {
  private static final Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?");

  public SourceName {
    if (!NAME.matcher(value).matches()) {
      throw new IllegalArgumentException(
          "'" + value + "' is no name of a source: 1 to 63 of a-z, 0-9 and '-'");
    }
  }

  @Override
  public int compareTo(SourceName other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
