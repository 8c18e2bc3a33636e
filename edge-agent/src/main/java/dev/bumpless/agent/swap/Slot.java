package dev.bumpless.agent.swap;

import java.util.Locale;

/** The two places that an app can run in on a device. */
public enum Slot {
  BLUE,
  GREEN;

  public Slot other() {
    return this == BLUE ? GREEN : BLUE;
  }

  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  public static Slot parse(String label) {
    return switch (label) {
      case "blue" -> BLUE;
      case "green" -> GREEN;
      default -> throw new IllegalArgumentException("'" + label + "' is no slot: blue or green");
    };
  }

  @Override
  public String toString() {
    return label();
  }
}
