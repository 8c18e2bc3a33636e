package dev.bumpless.router.modbus.state;

import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What is to be copied.
 *
 * @param units 0 to 255, at most {@value #MOST_UNITS}
 * @param copy what both instances shall have alike
 * @param skip what is never written, though it lies in {@code copy}
 * @param changing what the app changes by itself: {@code volatile} to who types it
 */
public record CopyPlan(
    SortedSet<Integer> units, List<Range> copy, List<Range> skip, List<Range> changing) {
  public static final int MOST_UNITS = 16;

  public CopyPlan {
    units = java.util.Collections.unmodifiableSortedSet(new TreeSet<>(units));
    copy = List.copyOf(copy);
    skip = List.copyOf(skip);
    changing = List.copyOf(changing);
    if (units.isEmpty() || units.size() > MOST_UNITS) {
      throw new IllegalArgumentException(units.size() + " units: expected 1 to " + MOST_UNITS);
    }
    if (units.first() < 0 || units.last() > 255) {
      throw new IllegalArgumentException("a unit is a number from 0 to 255");
    }
  }

  /**
   * @param skip may be empty, as may {@code changing}
   * @throws IllegalArgumentException tells what was expected
   */
  public static CopyPlan parse(String units, String copy, String skip, String changing) {
    SortedSet<Integer> numbers = new TreeSet<>();
    for (String unit : units.split(",", -1)) {
      if (!unit.matches("\\d{1,3}")) {
        throw new IllegalArgumentException("'" + unit + "' is no unit: expected 0 to 255");
      }
      numbers.add(Integer.parseInt(unit));
    }
    CopyPlan plan = new CopyPlan(numbers, Range.parseAll(copy), ranges(skip), ranges(changing));
    if (plan.wanted().isEmpty()) {
      throw new IllegalArgumentException("nothing is left to copy when the skipped are taken out");
    }
    return plan;
  }

  /** Whether it comes to the same, however it was written. */
  boolean isLike(CopyPlan other) {
    return wanted().hasSame(other.wanted()) && changingCells().hasSame(other.changingCells());
  }

  private static List<Range> ranges(String text) {
    return text.isEmpty() ? List.of() : Range.parseAll(text);
  }

  Cells wanted() {
    Cells cells = cells(copy);
    cells.removeAll(cells(skip));
    return cells;
  }

  /** Of what is wanted. */
  Cells changingCells() {
    Cells cells = cells(changing);
    cells.retainAll(wanted());
    return cells;
  }

  private Cells cells(List<Range> ranges) {
    Cells cells = new Cells();
    for (int unit : units) {
      for (Range range : ranges) {
        cells.add(new Area(unit, range.table()), range.first(), range.last() - range.first() + 1);
      }
    }
    return cells;
  }
}
