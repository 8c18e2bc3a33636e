package dev.bumpless.manifest;

import dev.bumpless.manifest.RegisterRange.Table;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Values of a Modbus server, each once. One thread. */
final class RegisterSet {
  private final Map<Table, BitSet> tables = new EnumMap<>(Table.class);

  RegisterSet(List<RegisterRange> ranges) {
    for (Table table : Table.values()) {
      tables.put(table, new BitSet());
    }
    ranges.forEach(r -> of(r).set(r.first(), r.last() + 1));
  }

  private BitSet of(RegisterRange range) {
    return tables.getOrDefault(range.table(), new BitSet());
  }

  /** Changes this set, and gives it back. */
  RegisterSet remove(List<RegisterRange> ranges) {
    ranges.forEach(r -> of(r).clear(r.first(), r.last() + 1));
    return this;
  }

  boolean overlaps(RegisterRange range) {
    int next = of(range).nextSetBit(range.first());
    return next >= 0 && next <= range.last();
  }

  boolean isEmpty() {
    return tables.values().stream().allMatch(BitSet::isEmpty);
  }
}
