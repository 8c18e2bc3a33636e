package dev.bumpless.manifest;

import static dev.bumpless.manifest.InvalidManifestException.check;

/** How many may fail: a number, or a share of a wave. */
public record Threshold(int value, boolean isPercent) {
  static final int MOST = 1_000_000;

  public Threshold {
    check(value >= 0 && value <= (isPercent ? Wave.WHOLE : MOST), "%s is out of range", value);
  }

  public static Threshold count(int value) {
    return new Threshold(value, false);
  }

  public static Threshold percent(int value) {
    return new Threshold(value, true);
  }

  /** How many of a wave may fail, rounded down; a number stands by itself. */
  public int allowed(int waveSize) {
    return isPercent ? (int) ((long) waveSize * value / Wave.WHOLE) : value;
  }

  @Override
  public String toString() {
    return isPercent ? value + "%" : Integer.toString(value);
  }
}
