package dev.bumpless.manifest;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Supplier;

/** Choices by chance, the same for the same seed. */
final class Chance {
  private final Random random;

  Chance(long seed) {
    random = new Random(seed);
  }

  /** 0 to {@code below} - 1. */
  int number(int below) {
    return random.nextInt(below);
  }

  boolean heads() {
    return random.nextBoolean();
  }

  <T> T pick(List<T> from) {
    return from.get(random.nextInt(from.size()));
  }

  <T> Optional<T> maybe(Supplier<T> value) {
    return random.nextBoolean() ? Optional.empty() : Optional.of(value.get());
  }

  <T> List<T> some(int max, Supplier<T> value) {
    List<T> values = new ArrayList<>();
    int count = random.nextInt(max + 1);
    for (int i = 0; i < count; i++) {
      values.add(value.get());
    }
    return values;
  }

  /** Each once. */
  <T> List<T> different(int max, Supplier<T> value) {
    return some(max, value).stream().distinct().toList();
  }

  /** Round ones as often as odd ones. */
  Duration ms(int low, int high) {
    int ms = low + random.nextInt(high - low + 1);
    int step = pick(List.of(1, 1000, 60_000, 3_600_000));
    return Duration.ofMillis(ms - ms % step < low ? ms : ms - ms % step);
  }
}
