package dev.bumpless.controller.link;

import dev.bumpless.protocol.DeviceId;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which devices are to be told of their orders, and when next. Told again until they have accepted,
 * after 2 s, 4 s and so on, at most every minute. Used by the link's thread alone.
 */
final class Deliveries {
  static final Duration FIRST = Duration.ofSeconds(2);
  static final Duration LONGEST = Duration.ofSeconds(60);

  private final Map<DeviceId, Turn> turns = new HashMap<>();
  private final Set<DeviceId> present = new HashSet<>();

  /**
   * When, and how long after that again.
   *
   * @param isFirst whether it was not told yet
   */
  private record Turn(Instant at, Duration pause, boolean isFirst) {
    static Turn first(Instant at) {
      return new Turn(at, FIRST, true);
    }

    Turn next(Instant now) {
      Duration twice = pause.multipliedBy(2);
      return new Turn(now.plus(pause), twice.compareTo(LONGEST) > 0 ? LONGEST : twice, false);
    }
  }

  /** Tells it from that time on, beginning with the shortest pause. */
  void schedule(DeviceId device, Instant at) {
    turns.put(device, Turn.first(at));
  }

  /** As {@link #schedule}, unless it is to be told anyway. */
  void scheduleIfAbsent(DeviceId device, Instant at) {
    turns.putIfAbsent(device, Turn.first(at));
  }

  void forget(DeviceId device) {
    turns.remove(device);
  }

  /** It is there; it is to be told from that time on, unless it is to be told anyway. */
  void arrived(DeviceId device, Instant at) {
    present.add(device);
    scheduleIfAbsent(device, at);
  }

  void left(DeviceId device) {
    present.remove(device);
    forget(device);
  }

  /** Tells those of them that are there and that nobody thinks of. */
  void remind(Set<DeviceId> waiting, Instant now) {
    waiting.stream().filter(present::contains).forEach(device -> scheduleIfAbsent(device, now));
  }

  /** Nothing is known of anybody. */
  void clear() {
    turns.clear();
    present.clear();
  }

  /**
   * Those whose turn it is, whoever was not told yet before those who have not answered; each gets
   * its next turn, after twice the pause.
   *
   * @param most the others' turn is the next time
   */
  List<DeviceId> due(Instant now, int most) {
    List<DeviceId> due =
        turns.entrySet().stream()
            .filter(turn -> !turn.getValue().at().isAfter(now))
            .sorted(Comparator.comparing(turn -> !turn.getValue().isFirst()))
            .limit(most)
            .map(Map.Entry::getKey)
            .toList();
    due.forEach(device -> turns.computeIfPresent(device, (id, turn) -> turn.next(now)));
    return due;
  }
}
