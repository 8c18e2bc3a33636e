package dev.bumpless.manifest;

import dev.bumpless.manifest.yaml.Problem;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Values of a Modbus server that lie side by side, written {@code holding 0-1999} or {@code coils
 * 7}. Addresses are those of the protocol, from 0 (Modbus Application Protocol V1.1b3, 4.4).
 *
 * @param first 0 to 65535
 * @param last {@code first} to 65535
 */
public record RegisterRange(Table table, int first, int last) {
  static final int HIGHEST = 65535;
  static final String TEXT =
      "(coils|discrete|input|holding) (0|[1-9][0-9]{0,4})(-(0|[1-9][0-9]{0,4}))?";

  /** {@link #TEXT} of what a master can write. */
  static final String WRITABLE = "(coils|holding) (0|[1-9][0-9]{0,4})(-(0|[1-9][0-9]{0,4}))?";

  private static final Pattern FORM = Pattern.compile(TEXT);

  public RegisterRange {
    InvalidManifestException.check(
        first >= 0 && first <= last && last <= HIGHEST,
        "range %d-%d of %s: expected two numbers from 0 to %d, the lower one first",
        first,
        last,
        table,
        HIGHEST);
  }

  /** The four tables of the Modbus data model. */
  public enum Table {
    COILS,
    DISCRETE,
    INPUT,
    HOLDING;

    /** Whether a master can write it. */
    public boolean isWritable() {
      return switch (this) {
        case COILS, HOLDING -> true;
        case DISCRETE, INPUT -> false;
      };
    }

    /** As in a manifest. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  static RegisterRange parse(String text) {
    Matcher form = FORM.matcher(text);
    InvalidManifestException.check(
        form.matches(),
        "%s is no range: expected for example 'holding 0-1999' or 'coils 7'",
        Problem.quote(text));
    int first = Integer.parseInt(form.group(2));
    return new RegisterRange(
        Table.valueOf(form.group(1).toUpperCase(Locale.ROOT)),
        first,
        form.group(4) == null ? first : Integer.parseInt(form.group(4)));
  }

  /** How many values it has. */
  public int count() {
    return last - first + 1;
  }

  @Override
  public String toString() {
    return first == last ? table + " " + first : table + " " + first + "-" + last;
  }
}
