package dev.bumpless.agent.store;

import dev.bumpless.agent.swap.InstanceKey;
import dev.bumpless.agent.swap.JournalEntry;
import dev.bumpless.agent.swap.JournalEntry.Failed;
import dev.bumpless.agent.swap.JournalEntry.Running;
import dev.bumpless.agent.swap.OrderRef;
import dev.bumpless.agent.swap.Settled;
import dev.bumpless.agent.swap.Slot;
import dev.bumpless.agent.swap.Swap;
import dev.bumpless.manifest.AppName;
import dev.bumpless.protocol.AppReport.StepTime;
import dev.bumpless.protocol.MalformedMessageException;
import dev.bumpless.protocol.MessageCodec;
import dev.bumpless.protocol.Phase;
import dev.bumpless.protocol.Release;
import dev.bumpless.protocol.ReleaseId;
import dev.bumpless.protocol.Revision;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * A journal entry as text that a person can read: a line a fact, its name first, fields separated
 * by tabs, {@code -} for what is absent. Releases are the JSON that crosses the wire; it is kept
 * from one writing of an app to the next, for the entry changes many times in a swap and its
 * releases do not. Safe for several threads, each with another app.
 */
final class JournalText {
  private static final String VERSION = "1";

  private final MessageCodec codec;
  private final Map<AppName, IdentityHashMap<Release, String>> written = new ConcurrentHashMap<>();

  JournalText(MessageCodec codec) {
    this.codec = codec;
  }

  String write(JournalEntry entry) {
    ReleaseTexts json =
        new ReleaseTexts(written.getOrDefault(entry.app(), new IdentityHashMap<>()));
    Lines out = new Lines();
    out.add("journal", VERSION, entry.app(), entry.isStopped());
    entry
        .current()
        .ifPresent(c -> out.add("current", c.slot(), c.revision(), json.of(c.release())));
    entry.previous().ifPresent(r -> out.add("previous", json.of(r)));
    entry.failed().forEach(f -> out.add("failed", f.revision(), f.reason()));
    entry.promoted().ifPresent(life -> out.add("promoted", life));
    entry.swap().ifPresent(s -> write(s, json.of(s.release()), out));
    entry.last().ifPresent(l -> write(l, out));
    entry.leftIn().ifPresent(slot -> out.add("left-in", slot));
    written.put(entry.app(), json.used);
    return out.text();
  }

  private static void write(Swap swap, String release, Lines out) {
    OrderRef order = swap.order();
    out.add(
        "swap",
        order.id(),
        order.sequence(),
        or(order.revision()),
        swap.revision(),
        swap.to(),
        swap.startedAt(),
        swap.lives(),
        release);
    swap.steps().forEach(s -> out.add("swap-step", s.name(), s.took()));
    swap.crossing()
        .ifPresent(
            c -> {
              out.add("crossing", or(c.flippedAt()), or(c.hold()), or(c.gap()));
              c.from().forEach(k -> out.add("from", k.slot(), k.number()));
            });
    swap.back()
        .ifPresent(
            b ->
                out.add(
                    "back",
                    b.ending(),
                    b.order().id(),
                    b.order().sequence(),
                    or(b.order().revision()),
                    b.reason()));
  }

  private static void write(Settled last, Lines out) {
    OrderRef order = last.order();
    out.add(
        "last",
        order.id(),
        order.sequence(),
        or(order.revision()),
        last.phase(),
        or(last.gap()),
        or(last.hold()),
        last.message());
    last.steps().forEach(s -> out.add("last-step", s.name(), s.took()));
  }

  private static Object or(Optional<?> value) {
    return value.isPresent() ? value.get() : "-";
  }

  /** Throws IllegalArgumentException where it is no entry. */
  JournalEntry parse(String text) {
    try {
      return parse(new Lines(text));
    } catch (NoSuchElementException
        | IndexOutOfBoundsException
        | DateTimeException
        | MalformedMessageException e) {
      throw new IllegalArgumentException("no journal entry: " + e.getMessage(), e);
    }
  }

  private JournalEntry parse(Lines in) throws MalformedMessageException {
    List<String> head = in.only("journal").orElseThrow();
    if (!head.get(0).equals(VERSION)) {
      throw new IllegalArgumentException("journal version " + head.get(0) + " is not known");
    }
    AppName app = new AppName(head.get(1));
    Optional<List<String>> current = in.only("current");
    Optional<List<String>> previous = in.only("previous");
    return new JournalEntry(
        app,
        current.isEmpty()
            ? Optional.empty()
            : Optional.of(
                new Running(
                    Slot.parse(current.get().get(0)),
                    revision(current.get().get(1)),
                    release(current.get().get(2)))),
        previous.isEmpty() ? Optional.empty() : Optional.of(release(previous.get().get(0))),
        in.all("failed").map(f -> new Failed(revision(f.get(0)), f.get(1))),
        Boolean.parseBoolean(head.get(2)),
        in.only("promoted").map(p -> p.get(0)),
        swap(app, in),
        in.only("last").map(l -> settled(l, steps(in, "last-step"))),
        in.only("left-in").map(l -> Slot.parse(l.get(0))));
  }

  private Optional<Swap> swap(AppName app, Lines in) throws MalformedMessageException {
    Optional<List<String>> line = in.only("swap");
    if (line.isEmpty()) {
      return Optional.empty();
    }
    List<String> f = line.get();
    return Optional.of(
        new Swap(
            order(f),
            revision(f.get(3)),
            release(f.get(7)),
            Slot.parse(f.get(4)),
            Instant.parse(f.get(5)),
            Integer.parseInt(f.get(6)),
            steps(in, "swap-step"),
            in.only("crossing").map(c -> crossing(c, from(app, in))),
            in.only("back").map(JournalText::back)));
  }

  private static SortedSet<InstanceKey> from(AppName app, Lines in) {
    return new TreeSet<>(
        in.all("from")
            .map(f -> new InstanceKey(app, Slot.parse(f.get(0)), Integer.parseInt(f.get(1)))));
  }

  private static Swap.Crossing crossing(List<String> f, SortedSet<InstanceKey> from) {
    return new Swap.Crossing(
        from,
        some(f.get(0), Instant::parse),
        some(f.get(1), Duration::parse),
        some(f.get(2), Duration::parse));
  }

  private static Swap.Return back(List<String> f) {
    return new Swap.Return(Phase.valueOf(f.get(0)), f.get(4), order(f.subList(1, f.size())));
  }

  private static Settled settled(List<String> f, List<StepTime> steps) {
    return new Settled(
        order(f),
        Phase.valueOf(f.get(3)),
        f.get(6),
        some(f.get(4), Duration::parse),
        some(f.get(5), Duration::parse),
        steps);
  }

  private static OrderRef order(List<String> f) {
    return new OrderRef(
        UUID.fromString(f.get(0)), Long.parseLong(f.get(1)), some(f.get(2), JournalText::revision));
  }

  private static List<StepTime> steps(Lines in, String name) {
    return in.all(name).map(f -> new StepTime(f.get(0), Duration.parse(f.get(1))));
  }

  private Release release(String json) throws MalformedMessageException {
    return codec.decode(json.getBytes(StandardCharsets.UTF_8), Release.class);
  }

  private static Revision revision(String text) {
    int hash = text.lastIndexOf('#');
    return new Revision(
        ReleaseId.parse(text.substring(0, hash)), Integer.parseInt(text.substring(hash + 1)));
  }

  private static <T> Optional<T> some(String text, Function<String, T> parse) {
    return text.equals("-") ? Optional.empty() : Optional.of(parse.apply(text));
  }

  /** Known by identity: to compare two releases would take as long as to write one. */
  private final class ReleaseTexts {
    private final IdentityHashMap<Release, String> known;
    private final IdentityHashMap<Release, String> used = new IdentityHashMap<>();

    ReleaseTexts(IdentityHashMap<Release, String> known) {
      this.known = known;
    }

    String of(Release release) {
      String text = known.get(release);
      String json = text == null ? new String(codec.encode(release), StandardCharsets.UTF_8) : text;
      used.put(release, json);
      return json;
    }
  }

  /** Named lines of escaped fields. */
  private static final class Lines {
    private final StringBuilder text = new StringBuilder();
    private final List<List<String>> lines = new ArrayList<>();

    Lines() {}

    Lines(String text) {
      text.lines()
          .forEach(
              line -> {
                List<String> fields = new ArrayList<>();
                for (String field : line.split("\t", -1)) {
                  fields.add(field.translateEscapes());
                }
                lines.add(fields);
              });
    }

    void add(Object... fields) {
      for (int i = 0; i < fields.length; i++) {
        text.append(i == 0 ? "" : "\t").append(escape(fields[i].toString()));
      }
      text.append('\n');
    }

    String text() {
      return text.toString();
    }

    private static String escape(String field) {
      return field
          .replace("\\", "\\\\")
          .replace("\t", "\\t")
          .replace("\n", "\\n")
          .replace("\r", "\\r");
    }

    Optional<List<String>> only(String name) {
      return lines.stream()
          .filter(l -> l.get(0).equals(name))
          .findFirst()
          .map(l -> l.subList(1, l.size()));
    }

    Found all(String name) {
      return new Found(
          lines.stream()
              .filter(l -> l.get(0).equals(name))
              .map(l -> l.subList(1, l.size()))
              .toList());
    }
  }

  /** The lines of one name. */
  private record Found(List<List<String>> lines) {
    <T> List<T> map(Function<List<String>, T> read) {
      return lines.stream().map(read).toList();
    }
  }
}
