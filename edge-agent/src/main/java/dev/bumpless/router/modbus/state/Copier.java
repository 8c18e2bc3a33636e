package dev.bumpless.router.modbus.state;

import dev.bumpless.router.modbus.state.Pair.Brought;
import dev.bumpless.router.table.Backend;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Brings chunks over and knows what there is to bring: what was asked for, less what turns out not
 * to exist. One thread at a time.
 */
final class Copier {
  /** Refused reads of the source, while the holes of a range are looked for. */
  static final int MOST_REFUSED = 2_000;

  private final Cells wanted;
  private final Cells changing;
  private final Cells steady;
  private final Cells holes = new Cells();
  private Pair pair;
  private @Nullable Chunk patrolled;
  private int refused;

  Copier(CopyPlan plan, Pair pair) {
    this.pair = pair;
    this.wanted = plan.wanted();
    this.changing = plan.changingCells();
    this.steady = Cells.copyOf(wanted);
    steady.removeAll(changing);
  }

  Pair pair() {
    return pair;
  }

  void turnAround() {
    pair = pair.reversed();
    pair.sourceMustStay();
    patrolled = null;
  }

  /** Who had to be dialled again since this was asked last. */
  @Nullable Backend takeRenewed() {
    Backend renewed = pair.takeRenewed();
    patrolled = renewed == null ? patrolled : null;
    return renewed;
  }

  Cells wanted() {
    return wanted;
  }

  /** The first of them. */
  Cells sample() {
    Cells sample = new Cells();
    Chunk first = wanted.nextChunk(wanted, null);
    if (first != null) {
      sample.add(first);
    }
    return sample;
  }

  Cells changing() {
    return changing;
  }

  String holes() {
    return holes.toString();
  }

  /** What the app changes by itself may differ again when it is read back. */
  Brought bring(Chunk chunk, Duration allowed) throws Fault {
    Brought brought = pair.bring(chunk, allowed);
    if (brought.isRefused()) {
      split(chunk, allowed);
    } else if (brought.differs() >= 0
        && !changing.contains(chunk.area(), chunk.first() + brought.differs())) {
      throw differs(chunk, brought);
    }
    return brought;
  }

  /** Finds the values that the source does not have. */
  private void split(Chunk chunk, Duration allowed) throws Fault {
    refused++;
    if (refused > MOST_REFUSED) {
      throw new Fault(
          "%s refused %d reads, the last of %s: name the ranges that it has"
              .formatted(pair.source().instance(), refused, chunk));
    }
    if (chunk.count() == 1) {
      holes.add(chunk);
      wanted.remove(chunk);
      steady.remove(chunk);
      changing.remove(chunk);
    } else {
      int middle = chunk.count() / 2;
      bring(chunk.part(0, middle), allowed);
      bring(chunk.part(middle, chunk.count()), allowed);
    }
  }

  boolean isPatrolling() {
    return patrolled != null;
  }

  /**
   * Looks whether one chunk more is alike in both; returns whether it was none the last.
   *
   * @param marks what clients wrote at the source
   */
  boolean patrol(Changes marks, Duration allowed) throws Fault {
    Chunk chunk = steady.nextChunk(steady, patrolled);
    patrolled = chunk;
    if (chunk == null) {
      return false;
    }
    Brought brought = bring(chunk, allowed);
    int place = brought.first();
    if (place >= 0 && marks.suspect(chunk.area(), chunk.first() + place)) {
      throw new Fault(
          ("%s changes by itself in %s or %s: no client wrote it, and it differed again; declare it"
                  + " volatile or skip it")
              .formatted(
                  chunk.part(place, place + 1),
                  pair.source().instance(),
                  pair.target().instance()));
    }
    return true;
  }

  Fault differs(Chunk chunk, Brought brought) {
    int[] values = brought.values();
    return new Fault(
        ("%s is %d in %s right after the %d of %s was written: it changes the value by itself, or"
                + " takes no writes there")
            .formatted(
                chunk.part(brought.differs(), brought.differs() + 1),
                brought.found(),
                pair.target().instance(),
                values == null ? 0 : values[brought.differs()],
                pair.source().instance()));
  }
}
