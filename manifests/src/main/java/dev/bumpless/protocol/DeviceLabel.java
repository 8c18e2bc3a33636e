package dev.bumpless.protocol;

import java.util.Map;
import java.util.regex.Pattern;

/** Something that rollouts may target; throws IllegalArgumentException for what is none. */
public record DeviceLabel(String key, String value) {
  /** Labels of one device. */
  public static final int MOST = 32;

  private static final int MOST_CHARS = 63;
  private static final Pattern KEY = Pattern.compile("[a-z0-9][a-z0-9._/-]{0,62}");

  public DeviceLabel {
    if (!KEY.matcher(key).matches()) {
      throw new IllegalArgumentException(
          "label '"
              + key
              + "': a key is 1 to 63 of a-z, 0-9, '.', '_', '/' and '-', a letter or digit first");
    }
    if (value.length() > MOST_CHARS || value.contains(",") || value.contains("=")) {
      throw new IllegalArgumentException(
          "label '" + key + "': a value is up to 63 characters without ',' and '='");
    }
  }

  /** Throws IllegalArgumentException for the first that is none, or for too many. */
  public static void check(Map<String, String> labels) {
    if (labels.size() > MOST) {
      throw new IllegalArgumentException(labels.size() + " labels, at most " + MOST + " fit");
    }
    labels.forEach(DeviceLabel::new);
  }
}
