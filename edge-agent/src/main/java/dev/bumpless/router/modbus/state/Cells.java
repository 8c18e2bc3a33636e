package dev.bumpless.router.modbus.state;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** A set of values' places: a bit each, at most 8 KiB a table. Whoever shares it, locks it. */
final class Cells {
  private final Map<Area, BitSet> bits = new TreeMap<>();

  static Cells copyOf(Cells other) {
    Cells copy = new Cells();
    copy.addAll(other);
    return copy;
  }

  private BitSet of(Area area) {
    BitSet set = bits.get(area);
    return set == null ? new BitSet() : set;
  }

  void add(Area area, int first, int count) {
    bits.computeIfAbsent(area, key -> new BitSet()).set(first, first + count);
  }

  void add(Chunk chunk) {
    add(chunk.area(), chunk.first(), chunk.count());
  }

  void remove(Chunk chunk) {
    of(chunk.area()).clear(chunk.first(), chunk.first() + chunk.count());
  }

  boolean contains(Area area, int address) {
    return of(area).get(address);
  }

  void addAll(Cells other) {
    other.bits.forEach((area, set) -> bits.computeIfAbsent(area, key -> new BitSet()).or(set));
  }

  void removeAll(Cells other) {
    bits.forEach((area, set) -> set.andNot(other.of(area)));
  }

  void retainAll(Cells other) {
    bits.forEach((area, set) -> set.and(other.of(area)));
  }

  boolean hasSame(Cells other) {
    return count() == other.count() && lacksNothingOf(other);
  }

  private boolean lacksNothingOf(Cells other) {
    Cells lacking = copyOf(other);
    lacking.removeAll(this);
    return lacking.isEmpty();
  }

  void clear() {
    bits.clear();
  }

  boolean isEmpty() {
    return bits.values().stream().allMatch(BitSet::isEmpty);
  }

  int count() {
    return bits.values().stream().mapToInt(BitSet::cardinality).sum();
  }

  /** The areas with the addresses that are in {@code from} and here. */
  void forEachArea(BiConsumer<Area, BitSet> each) {
    bits.forEach(each);
  }

  /**
   * Takes out as much as one request can carry: from the first value on, over neighbours that are
   * no part of this set but of {@code wanted}, so that one request does for many.
   */
  @Nullable Chunk takeChunk(Cells wanted) {
    Chunk chunk = nextChunk(wanted, null);
    if (chunk != null) {
      remove(chunk);
    }
    return chunk;
  }

  /** The same without taking it, behind another; null at the end. */
  @Nullable Chunk nextChunk(Cells wanted, @Nullable Chunk after) {
    for (Map.Entry<Area, BitSet> each : bits.entrySet()) {
      Area area = each.getKey();
      int order = after == null ? 1 : area.compareTo(after.area());
      if (order >= 0) {
        int from = after == null || order > 0 ? 0 : after.first() + after.count();
        int first = each.getValue().nextSetBit(from);
        if (first >= 0) {
          return chunk(area, each.getValue(), wanted.of(area), first);
        }
      }
    }
    return null;
  }

  private static Chunk chunk(Area area, BitSet set, BitSet wanted, int first) {
    int end = Math.min(first + area.table().most(), wanted.nextClearBit(first));
    // What is not wanted (any more) is looked at alone, so that nobody's value is touched.
    int last = Math.max(first, set.previousSetBit(Math.max(first, end - 1)));
    return new Chunk(area, first, last - first + 1);
  }

  @Override
  public String toString() {
    List<String> runs = new ArrayList<>();
    bits.forEach(
        (area, set) -> {
          for (int first = set.nextSetBit(0); first >= 0; ) {
            int end = set.nextClearBit(first);
            runs.add(
                area.unit()
                    + "/"
                    + area.table()
                    + ":"
                    + first
                    + (end - first > 1 ? "-" + (end - 1) : ""));
            first = set.nextSetBit(end);
          }
        });
    return runs.isEmpty()
        ? "none"
        : String.join(",", runs.size() > 8 ? runs.subList(0, 8) : runs)
            + (runs.size() > 8 ? ",… (" + runs.size() + " ranges)" : "");
  }
}
