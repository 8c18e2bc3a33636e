package dev.bumpless.agent.health;

import dev.bumpless.manifest.App;
import dev.bumpless.manifest.Compare;
import dev.bumpless.manifest.Port;
import dev.bumpless.manifest.RegisterRange;
import dev.bumpless.manifest.RegisterRange.Table;
import dev.bumpless.manifest.StatePolicy;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;

/**
 * Which values of a Modbus server both versions must agree on: those that are copied, and those
 * that {@code compare.read} names, less what the app changes by itself and what may differ. What is
 * never copied ({@code skip}) differs by right, so it is not among them unless it is named.
 *
 * @param container in which the server is
 * @param port of it there
 * @param ranges no longer than one request can read, none overlapping
 */
record ComparedValues(
    String container, int port, SortedSet<Integer> units, List<RegisterRange> ranges) {
  ComparedValues {
    ranges = List.copyOf(ranges);
  }

  static ComparedValues of(App app, StatePolicy.Modbus state) {
    Port port = port(app, state);
    Map<Table, BitSet> values = new EnumMap<>(Table.class);
    set(values, state.copy());
    clear(values, state.skip());
    app.compare().map(Compare::read).ifPresent(read -> set(values, read));
    clear(values, state.changing());
    app.compare().map(Compare::expectDivergence).ifPresent(differing -> clear(values, differing));
    return new ComparedValues(port.container(), port.target(), state.units(), ranges(values));
  }

  private static Port port(App app, StatePolicy.Modbus state) {
    return app.ports().stream()
        .filter(port -> port.protocol() == Port.Protocol.MODBUS)
        .filter(port -> state.listen().map(listen -> listen == port.listen()).orElse(true))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException(app.name() + " has no port for " + state));
  }

  private static void set(Map<Table, BitSet> values, List<RegisterRange> ranges) {
    ranges.forEach(range -> bits(values, range).set(range.first(), range.last() + 1));
  }

  private static void clear(Map<Table, BitSet> values, List<RegisterRange> ranges) {
    ranges.forEach(range -> bits(values, range).clear(range.first(), range.last() + 1));
  }

  private static BitSet bits(Map<Table, BitSet> values, RegisterRange range) {
    return values.computeIfAbsent(range.table(), table -> new BitSet());
  }

  private static List<RegisterRange> ranges(Map<Table, BitSet> values) {
    List<RegisterRange> ranges = new ArrayList<>();
    values.forEach(
        (table, bits) -> {
          int most = ModbusReader.most(table);
          for (int first = bits.nextSetBit(0); first >= 0; ) {
            int end = Math.min(bits.nextClearBit(first), first + most);
            ranges.add(new RegisterRange(table, first, end - 1));
            first = bits.nextSetBit(end);
          }
        });
    return ranges;
  }
}
