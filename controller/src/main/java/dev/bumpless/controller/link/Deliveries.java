package dev.bumpless.controller.link;

import dev.bumpless.protocol.DeviceId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which devices are to be told of their orders, and when next. Told again until they have accepted,
 * after 2 s, 4 s and so on, at most every minute. Used by the link's thread alone.
 */
final class Deliveries {
  static final Duration FIRST = Duration.ofSeconds(2);
  static final Duration LONGEST = Duration.ofSeconds(60);

  private final Map<DeviceId, Turn> turns = new HashMap<>();
  private final NavigableSet<Turn> untold = new TreeSet<>(Turn.BY_TIME);
  private final NavigableSet<Turn> told = new TreeSet<>(Turn.BY_TIME);
  private final Set<DeviceId> present = new HashSet<>();
  private Instant lookedAt = Instant.MIN;

  /**
   * When, and how long after that again.
   *
   * @param isFirst whether it was not told yet
   */
  private record Turn(DeviceId device, Instant at, Duration pause, boolean isFirst) {
    static final Comparator<Turn> BY_TIME =
        Comparator.comparing(Turn::at).thenComparing(turn -> turn.device().value());

    static Turn first(DeviceId device, Instant at) {
      return new Turn(device, at, FIRST, true);
    }

    Turn next(Instant now) {
      return new Turn(device, now.plus(pause), Pauses.next(pause, LONGEST), false);
    }

    /** Not later than its next pause from now. */
    Turn from(Instant now) {
      Instant latest = now.plus(pause);
      return at.isAfter(latest) ? new Turn(device, latest, pause, isFirst) : this;
    }
  }

  /** Tells it from that time on, beginning with the shortest pause. */
  void schedule(DeviceId device, Instant at) {
    put(Turn.first(device, at));
  }

  /** As {@link #schedule}, unless it is to be told anyway. */
  void scheduleIfAbsent(DeviceId device, Instant at) {
    if (!turns.containsKey(device)) {
      schedule(device, at);
    }
  }

  private void put(Turn turn) {
    forget(turn.device());
    turns.put(turn.device(), turn);
    of(turn).add(turn);
  }

  private NavigableSet<Turn> of(Turn turn) {
    return turn.isFirst() ? untold : told;
  }

  void forget(DeviceId device) {
    Turn turn = turns.remove(device);
    if (turn != null) {
      of(turn).remove(turn);
    }
  }

  /** It is there; it is to be told from that time on, unless it is to be told anyway. */
  void arrived(DeviceId device, Instant at) {
    present.add(device);
    scheduleIfAbsent(device, at);
  }

  /** It spoke: where nobody knew that it is there, it has arrived. */
  void spoke(DeviceId device, Instant at) {
    if (!present.contains(device)) {
      arrived(device, at);
    }
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
    untold.clear();
    told.clear();
    present.clear();
  }

  /**
   * Those whose turn it is, whoever was not told yet before those who have not answered, and of
   * either who waits longest; each gets its next turn, after twice the pause.
   *
   * @param most the others' turn is the next time
   * @param areAllHeard whether all answers that came were read; if not, nobody is told again
   */
  List<DeviceId> due(Instant now, int most, boolean areAllHeard) {
    if (now.isBefore(lookedAt)) { // the clock was set back
      List.copyOf(turns.values()).forEach(turn -> put(turn.from(now)));
    }
    lookedAt = now;
    List<Turn> due = new ArrayList<>(of(untold, now, most));
    if (areAllHeard) {
      due.addAll(of(told, now, most - due.size()));
    }
    due.forEach(turn -> put(turn.next(now)));
    return due.stream().map(Turn::device).toList();
  }

  private static List<Turn> of(NavigableSet<Turn> turns, Instant now, int most) {
    return turns.stream().takeWhile(turn -> !turn.at().isAfter(now)).limit(most).toList();
  }
}
