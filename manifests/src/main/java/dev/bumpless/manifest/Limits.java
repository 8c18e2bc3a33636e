package dev.bumpless.manifest;

import dev.bumpless.manifest.shape.DecimalShape;
import dev.bumpless.manifest.shape.DurationShape;
import dev.bumpless.manifest.shape.IntegerShape;
import dev.bumpless.manifest.shape.SizeShape;
import java.time.Duration;

/** The ranges that both the records and the parser hold to. */
final class Limits {
  static final String LABEL = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?";
  static final int LABEL_LENGTH = 63;
  static final String LABEL_EXPECTED =
      "a name of 1 to 63 of a-z, 0-9 and '-', with no '-' at the ends";

  /** Of one argument or value; Linux takes 128 KiB at most for each. */
  static final int TEXT_LENGTH = 32 * 1024;

  static final int PATH_LENGTH = 1024;
  static final int LIST_LENGTH = 64;
  static final int ENV_LENGTH = 256;
  static final int ARGUMENTS = 256;
  static final int HOOKS = 16;
  static final int STATES = 16;
  static final int DOCUMENTS = 16;

  static final IntegerShape PORT = new IntegerShape(1, 65535);

  /** One byte on the wire; the specification gives 1 to 247 to serial units, 0 and 255 to TCP. */
  static final IntegerShape UNIT = new IntegerShape(0, 255);

  static final IntegerShape REGISTER = new IntegerShape(0, 65535);
  static final IntegerShape PIPELINED = new IntegerShape(1, 256);
  static final IntegerShape REPLICAS = new IntegerShape(1, App.MAX_REPLICAS);
  static final IntegerShape PIDS = new IntegerShape(1, 32768);
  static final IntegerShape HEALTHY_AFTER = new IntegerShape(1, 100);

  /** The kernel's scheduler takes a hundredth of a core at least. */
  static final DecimalShape CPUS = new DecimalShape(0.01, 1024);

  /** Docker refuses less than 6 MiB. */
  static final SizeShape MEMORY = new SizeShape(6L << 20, 1L << 40);

  static final DurationShape ANSWER = range(Duration.ofMillis(1), Duration.ofMinutes(1));
  static final DurationShape FLOW_IDLE = range(Duration.ofMillis(1), Duration.ofMinutes(15));
  static final DurationShape INTERVAL = range(Duration.ofMillis(10), Duration.ofMinutes(5));
  static final DurationShape TIMEOUT = range(Duration.ofMillis(10), Duration.ofMinutes(5));
  static final DurationShape START_WITHIN = range(Duration.ofMillis(100), Duration.ofHours(1));
  static final DurationShape HOLD = range(Duration.ofMillis(1), Duration.ofMinutes(1));
  static final DurationShape DRAIN = range(Duration.ZERO, Duration.ofDays(1));
  static final DurationShape BAKE = range(Duration.ZERO, Duration.ofDays(7));

  static final DurationShape GAP = range(Duration.ofMillis(1), Duration.ofMinutes(1));
  static final DurationShape COMPARE = range(Duration.ofSeconds(1), Duration.ofHours(1));

  private Limits() {}

  static boolean isLabel(String text) {
    return text.length() <= LABEL_LENGTH && text.matches(LABEL);
  }

  static void check(String what, Duration value, DurationShape range) {
    InvalidManifestException.check(
        range.holds(value), "%s %s is not %s", what, value, range.expected());
  }

  static void check(String what, int value, IntegerShape range) {
    InvalidManifestException.check(
        value >= range.min() && value <= range.max(),
        "%s %d is not %s",
        what,
        value,
        range.expected());
  }

  private static DurationShape range(Duration min, Duration max) {
    return new DurationShape(min, max);
  }
}
