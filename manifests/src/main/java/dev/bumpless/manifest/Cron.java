package dev.bumpless.manifest;

import static dev.bumpless.manifest.InvalidManifestException.check;

import dev.bumpless.manifest.yaml.Problem;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Moments that come again, in the five fields of crontab(5): minute, hour, day of the month, month,
 * day of the week; {@code *}, lists, ranges, steps, and names of months and days. Where both days
 * are restricted, either is enough. Immutable.
 */
public final class Cron {
  static final String EXPECTED =
      "five fields as in crontab: minute, hour, day of the month, month, day of the week";

  /** The 29th of February on a certain weekday comes every 28 years, once after 40. */
  private static final int YEARS = 41;

  private static final List<String> MONTHS =
      List.of("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec");
  private static final List<String> DAYS = List.of("sun", "mon", "tue", "wed", "thu", "fri", "sat");
  private static final int SUNDAY_TOO = 7;

  private final String text;
  private final BitSet minutes;
  private final BitSet hours;
  private final BitSet days;
  private final BitSet months;
  private final BitSet weekdays;
  private final boolean eitherDay;

  private Cron(String text) {
    String[] fields = text.strip().split("\\s+");
    check(fields.length == 5, "%s is not %s", Problem.quote(text), EXPECTED);
    this.text = String.join(" ", fields);
    this.minutes = field("minute", fields[0], 0, 59, List.of());
    this.hours = field("hour", fields[1], 0, 23, List.of());
    this.days = field("day of the month", fields[2], 1, 31, List.of());
    this.months = field("month", fields[3], 1, 12, MONTHS);
    this.weekdays = field("day of the week", fields[4], 0, SUNDAY_TOO, DAYS);
    if (weekdays.get(SUNDAY_TOO)) {
      weekdays.set(0);
    }
    this.eitherDay = !fields[2].startsWith("*") && !fields[4].startsWith("*");
  }

  /**
   * Throws InvalidManifestException that tells the field which is wrong, or that it never comes.
   */
  public static Cron parse(String text) {
    Cron cron = new Cron(text);
    check(
        cron.next(LocalDateTime.of(2000, 1, 1, 0, 0)).isPresent(),
        "%s never comes: no such day is in any year",
        Problem.quote(text));
    return cron;
  }

  /** The first moment that is not before this one. */
  public Optional<LocalDateTime> next(LocalDateTime from) {
    LocalTime earliest = from.toLocalTime();
    LocalDate end = from.toLocalDate().plusYears(YEARS);
    for (LocalDate day = from.toLocalDate(); day.isBefore(end); day = day.plusDays(1)) {
      if (!months.get(day.getMonthValue())) {
        day = day.withDayOfMonth(day.lengthOfMonth());
      } else if (isOn(day)) {
        Optional<LocalTime> time = timeFrom(earliest);
        if (time.isPresent()) {
          return Optional.of(day.atTime(time.get()));
        }
      }
      earliest = LocalTime.MIN;
    }
    return Optional.empty();
  }

  private boolean isOn(LocalDate day) {
    boolean monthday = days.get(day.getDayOfMonth());
    boolean weekday = weekdays.get(day.getDayOfWeek().getValue() % 7);
    return eitherDay ? monthday || weekday : monthday && weekday;
  }

  private Optional<LocalTime> timeFrom(LocalTime from) {
    boolean isWhole = from.getSecond() == 0 && from.getNano() == 0;
    int first = from.toSecondOfDay() / 60 + (isWhole ? 0 : 1);
    for (int hour = hours.nextSetBit(first / 60); hour >= 0; hour = hours.nextSetBit(hour + 1)) {
      int minute = minutes.nextSetBit(Math.max(0, first - hour * 60));
      if (minute >= 0) {
        return Optional.of(LocalTime.of(hour, minute));
      }
    }
    return Optional.empty();
  }

  private static BitSet field(String name, String text, int least, int most, List<String> words) {
    BitSet values = new BitSet();
    for (String part : text.split(",", -1)) {
      String[] stepped = part.split("/", -1);
      check(stepped.length <= 2, "'%s' is no %s of a cron", part, name);
      int step = stepped.length == 2 ? number(name, stepped[1], 1, most, List.of(), 0) : 1;
      String[] ends = stepped[0].equals("*") ? new String[0] : stepped[0].split("-", -1);
      check(ends.length <= 2, "'%s' is no %s of a cron", part, name);
      int from = ends.length == 0 ? least : number(name, ends[0], least, most, words, least);
      int to =
          ends.length == 0 || (ends.length == 1 && stepped.length == 2)
              ? most
              : number(name, ends[ends.length - 1], least, most, words, least);
      check(from <= to, "'%s' goes backwards in the %s of a cron", part, name);
      for (int value = from; value <= to; value += step) {
        values.set(value);
      }
    }
    return values;
  }

  private static int number(
      String name, String text, int least, int most, List<String> words, int firstWord) {
    int word = words.indexOf(text.toLowerCase(Locale.ROOT));
    int value =
        word >= 0 ? word + firstWord : text.matches("[0-9]{1,2}") ? Integer.parseInt(text) : -1;
    check(
        value >= least && value <= most,
        "'%s' is no %s of a cron: %d to %d",
        text,
        name,
        least,
        most);
    return value;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Cron cron && cron.text.equals(text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  @Override
  public String toString() {
    return text;
  }
}
