package dev.bumpless.agent.lease;

import dev.bumpless.manifest.AppName;
import dev.bumpless.protocol.UpdateLease;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What is understood at a door, a line each: {@code take OWNER LENGTH REASON…}, {@code give OWNER}
 * and {@code show}. The answer ends with a line {@code ok…} or {@code error CODE …}.
 *
 * @param app whose door it is; empty for the one of persons, where leases are on the whole device,
 *     and where those of apps can be given back too
 */
record LeaseWords(LeaseDesk desk, Optional<AppName> app) {
  private static final Pattern LENGTH = Pattern.compile("([1-9][0-9]{0,6})(s|m|h)");
  private static final String USAGE =
      "expected 'take OWNER LENGTH REASON', 'give OWNER' or 'show'; LENGTH as 90s, 30m or 2h";

  String answer(String line) {
    try {
      String[] words = line.strip().split(" +", 2);
      String rest = words.length > 1 ? words[1] : "";
      return switch (words[0]) {
        case "take" -> take(rest);
        case "give" -> give(rest);
        case "show" -> show();
        default -> throw new Refusal("SYNTAX", USAGE);
      };
    } catch (Refusal refusal) {
      return "error " + refusal.line() + "\n";
    }
  }

  private String take(String rest) throws Refusal {
    String[] words = rest.split(" +", 3);
    if (words.length < 3) {
      throw new Refusal("SYNTAX", USAGE);
    }
    return "ok until "
        + desk.take(new LeaseKey(app, owner(words[0])), length(words[1]), words[2])
        + "\n";
  }

  private String give(String owner) throws Refusal {
    LeaseKey own = new LeaseKey(app, owner(owner));
    desk.giveBack(own);
    if (app.isEmpty()) {
      desk.all().stream()
          .filter(lease -> lease.owner().equals(owner))
          .forEach(lease -> desk.giveBack(new LeaseKey(lease.app(), owner)));
    }
    return "ok\n";
  }

  private String show() {
    Stream<String> lines = desk.all().stream().filter(this::isShown).map(LeaseWords::line);
    return lines.collect(Collectors.joining("", "", "ok\n"));
  }

  private boolean isShown(UpdateLease lease) {
    return app.isEmpty() || lease.app().isEmpty() || lease.app().equals(app);
  }

  private static String line(UpdateLease lease) {
    String place = lease.app().map(AppName::value).orElse(LeaseKey.ALL);
    return "lease %s %s until %s %s\n"
        .formatted(lease.owner(), place, lease.until(), lease.reason());
  }

  private static String owner(String text) throws Refusal {
    try {
      UpdateLease.checkOwner(text);
      return text;
    } catch (IllegalArgumentException e) {
      throw new Refusal("TEXT", String.valueOf(e.getMessage()));
    }
  }

  private static Duration length(String text) throws Refusal {
    Matcher form = LENGTH.matcher(text);
    if (!form.matches()) {
      throw new Refusal("LENGTH", "a length is a number and its unit: 90s, 30m or 2h");
    }
    long number = Long.parseLong(form.group(1));
    return switch (form.group(2)) {
      case "s" -> Duration.ofSeconds(number);
      case "m" -> Duration.ofMinutes(number);
      default -> Duration.ofHours(number);
    };
  }
}
