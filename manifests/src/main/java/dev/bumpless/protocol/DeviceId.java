package dev.bumpless.protocol;

import java.util.regex.Pattern;

/** A device: the common name of its certificate and its MQTT client id. No wildcard fits in it. */
public record DeviceId(String value) implements Comparable<DeviceId> {
  private static final Pattern ID = Pattern.compile("[a-z0-9][a-z0-9-]{0,62}");

  public DeviceId {
    if (!ID.matcher(value).matches()) {
      throw new IllegalArgumentException(
          "'" + value + "' is no device id: 1 to 63 of a-z, 0-9 and '-', not '-' first");
    }
  }

  @Override
  public int compareTo(DeviceId other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }
}
