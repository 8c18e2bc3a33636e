package dev.bumpless.router.table;

import java.util.Comparator;
import java.util.regex.Pattern;

/**
 * One replica of a slot of an app, written {@code blue/0}.
 *
 * @param slot {@code blue} or {@code green}
 * @param number 0 to 999
 */
public record Instance(String slot, int number) implements Comparable<Instance> {
  private static final Pattern TEXT = Pattern.compile("(blue|green)/(0|[1-9]\\d{0,2})");
  private static final Comparator<Instance> ORDER =
      Comparator.comparing(Instance::slot).thenComparingInt(Instance::number);

  public static Instance parse(String text) {
    if (!TEXT.matcher(text).matches()) {
      throw new IllegalArgumentException(
          "'" + text + "' is no instance: expected blue/0, green/2 and the like");
    }
    int slash = text.indexOf('/');
    return new Instance(text.substring(0, slash), Integer.parseInt(text.substring(slash + 1)));
  }

  @Override
  public int compareTo(Instance other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return slot + "/" + number;
  }
}
