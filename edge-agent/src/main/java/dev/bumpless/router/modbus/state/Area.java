package dev.bumpless.router.modbus.state;

import java.util.Comparator;

/** One table of one unit. */
record Area(int unit, Table table) implements Comparable<Area> {
  private static final Comparator<Area> ORDER =
      Comparator.comparingInt(Area::unit).thenComparing(Area::table);

  @Override
  public int compareTo(Area other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return "unit " + unit + " " + table;
  }
}
