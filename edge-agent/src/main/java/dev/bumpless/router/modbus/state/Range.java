package dev.bumpless.router.modbus.state;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Values of a table, written {@code holding:0-1999} or {@code coils:7}. */
record Range(Table table, int first, int last) {
  private static final Pattern TEXT = Pattern.compile("(coils|holding):(\\d{1,5})(?:-(\\d{1,5}))?");

  Range {
    if (first < 0 || last < first || last >= Table.SIZE) {
      throw new IllegalArgumentException(
          "%s:%d-%d: expected addresses from 0 to %d, the lower one first"
              .formatted(table, first, last, Table.SIZE - 1));
    }
  }

  /** Those between the commas. */
  static List<Range> parseAll(String text) {
    List<Range> ranges = new ArrayList<>();
    for (String part : text.split(",", -1)) {
      Matcher matcher = TEXT.matcher(part);
      if (!matcher.matches()) {
        throw new IllegalArgumentException(
            "'" + part + "' is no range: expected holding:0-1999 or coils:7");
      }
      int first = Integer.parseInt(matcher.group(2));
      String last = matcher.group(3);
      ranges.add(
          new Range(
              Table.valueOf(matcher.group(1).toUpperCase(Locale.ROOT)),
              first,
              last == null ? first : Integer.parseInt(last)));
    }
    return ranges;
  }
}
