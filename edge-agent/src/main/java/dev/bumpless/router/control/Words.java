package dev.bumpless.router.control;

import dev.bumpless.router.table.TableException;
import dev.bumpless.router.table.TableException.Code;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A command line, cut at blanks. Complaints name the command and what was expected. */
record Words(List<String> all) {
  private static final Pattern DURATION = Pattern.compile("(\\d{1,7})(ms|s|m)");

  static Words of(String line) {
    return new Words(Arrays.asList(line.strip().split("\\s+")));
  }

  String command() {
    return all.get(0);
  }

  /** The words after the command, which have to be as many as {@code usage} names. */
  List<String> exactly(int count, String usage) throws TableException {
    if (all.size() != count + 1) {
      throw invalid(
          "%d %s given; usage: %s", all.size() - 1, all.size() == 2 ? "word" : "words", usage);
    }
    return all.subList(1, all.size());
  }

  List<String> atLeast(int count, String usage) throws TableException {
    if (all.size() < count + 1) {
      throw invalid("too few words; usage: %s", usage);
    }
    return all.subList(1, all.size());
  }

  TableException invalid(String format, Object... values) {
    return new TableException(Code.INVALID, command() + ": " + format.formatted(values));
  }

  /** Reads {@code 250ms}, {@code 30s} or {@code 5m}. */
  Duration duration(String text) throws TableException {
    Matcher matcher = DURATION.matcher(text);
    if (!matcher.matches()) {
      throw invalid("'%s' is no duration: expected 250ms, 30s or 5m", text);
    }
    long number = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "ms" -> Duration.ofMillis(number);
      case "s" -> Duration.ofSeconds(number);
      default -> Duration.ofMinutes(number);
    };
  }
}
