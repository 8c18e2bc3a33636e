package dev.bumpless.agent.swap;

import dev.bumpless.agent.swap.RouteControl.Traffic;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What clients got from a slot in a while.
 *
 * @param answered answers, errors among them
 * @param errors answers that say that something is wrong: HTTP 5xx, Modbus exceptions
 */
record Window(long answered, long errors, AnswerTimes times) {
  static final Window EMPTY = new Window(0, 0, AnswerTimes.NONE);

  /** Of these instances, since the router counts. */
  static Window of(Map<InstanceKey, Traffic> traffic, Collection<InstanceKey> keys) {
    return keys.stream()
        .map(traffic::get)
        .filter(Objects::nonNull)
        .map(t -> new Window(t.answered(), t.errors(), t.times()))
        .reduce(EMPTY, Window::plus);
  }

  private Window plus(Window other) {
    SortedMap<Duration, Long> both = new TreeMap<>(times.counts());
    other.times.counts().forEach((below, count) -> both.merge(below, count, Long::sum));
    return new Window(answered + other.answered, errors + other.errors, new AnswerTimes(both));
  }

  /** What came since {@code earlier}; all of it where the counting began anew in between. */
  Window since(Window earlier) {
    return answered < earlier.answered || errors < earlier.errors
        ? this
        : new Window(
            answered - earlier.answered, errors - earlier.errors, times.minus(earlier.times));
  }

  /** In percent. */
  double errorShare() {
    return answered == 0 ? 0 : 100.0 * errors / answered;
  }

  Optional<Duration> p95() {
    return times.p95();
  }
}
