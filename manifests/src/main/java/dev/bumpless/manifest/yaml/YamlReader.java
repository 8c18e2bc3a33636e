package dev.bumpless.manifest.yaml;

import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions.ScalarStyle;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.events.AliasEvent;
import org.yaml.snakeyaml.events.Event;
import org.yaml.snakeyaml.events.MappingEndEvent;
import org.yaml.snakeyaml.events.NodeEvent;
import org.yaml.snakeyaml.events.ScalarEvent;
import org.yaml.snakeyaml.events.SequenceEndEvent;
import org.yaml.snakeyaml.events.SequenceStartEvent;

/**
 * Reads one YAML document of plain lists, maps and scalars. It works on the parser's events, so
 * that limits strike before anything is built: no tags, anchors, aliases or merge keys, at most
 * {@value #MAX_BYTES} bytes of UTF-8 and {@value #MAX_DEPTH} levels.
 */
public final class YamlReader {
  public static final int MAX_BYTES = 256 * 1024;
  public static final int MAX_DEPTH = 32;

  private final Iterator<Event> events;
  private final Problems problems;

  private YamlReader(String text, Problems problems) {
    this.events = new Yaml(new LoaderOptions()).parse(new StringReader(text)).iterator();
    this.problems = problems;
  }

  /** The document, or empty where nothing can be made of it. Throws nothing for any text. */
  public static Optional<YamlNode> read(String text, Problems problems) {
    if (text.length() > MAX_BYTES || text.getBytes(StandardCharsets.UTF_8).length > MAX_BYTES) {
      problems.add(
          new Place(1, 1),
          "the text is longer than " + MAX_BYTES / 1024 + " KiB",
          "make it shorter");
      return Optional.empty();
    }
    try {
      return Optional.of(new YamlReader(text, problems).document());
    } catch (BrokenTextException e) {
      problems.add(e.place, e.message, e.hint);
    } catch (MarkedYAMLException e) {
      problems.add(place(e.getProblemMark()), "broken YAML: " + reason(e), "");
    } catch (YAMLException e) {
      problems.add(new Place(1, 1), "broken YAML: " + firstLine(e.getMessage()), "");
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      // the library lets these out for escapes and directives with impossible numbers
      problems.add(new Place(1, 1), "broken YAML: " + firstLine(e.getMessage()), "");
    }
    return Optional.empty();
  }

  private YamlNode document() {
    next(); // the stream's start
    Event start = next();
    if (start.is(Event.ID.StreamEnd)) {
      throw new BrokenTextException(
          new Place(1, 1), "the text is empty", "start with apiVersion and kind");
    }
    YamlNode root = node(next(), 1);
    next(); // the document's end
    Event after = next();
    if (!after.is(Event.ID.StreamEnd)) {
      throw new BrokenTextException(
          place(after.getStartMark()),
          "a second document starts here",
          "one manifest to a file: split it at '---'");
    }
    return root;
  }

  private YamlNode node(Event event, int depth) {
    Place place = place(event.getStartMark());
    if (depth > MAX_DEPTH) {
      throw new BrokenTextException(
          place, "nested deeper than " + MAX_DEPTH + " levels", "no manifest needs that");
    }
    refuseMagic(event, place);
    if (event instanceof ScalarEvent scalar) {
      return scalar(scalar, place);
    }
    return event instanceof SequenceStartEvent ? sequence(place, depth) : mapping(place, depth);
  }

  private void refuseMagic(Event event, Place place) {
    if (event instanceof AliasEvent || (event instanceof NodeEvent n && n.getAnchor() != null)) {
      throw new BrokenTextException(
          place, "anchors and aliases ('&', '*') are not allowed", "write the value out");
    }
    String tag =
        event instanceof ScalarEvent s
            ? s.getTag()
            : event instanceof org.yaml.snakeyaml.events.CollectionStartEvent c ? c.getTag() : null;
    if (tag != null) {
      problems.add(
          place,
          "tag " + Problem.quote(tag) + " is not allowed",
          "leave out '!…', and put text that starts with '!' in quotes");
    }
  }

  private YamlNode scalar(ScalarEvent event, Place place) {
    String text = event.getValue();
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
      problems.add(place, "half of a surrogate pair is no character", "write the whole character");
    }
    boolean plain = event.getScalarStyle() == ScalarStyle.PLAIN;
    return new YamlNode.Scalar(
        place, text, plain ? YamlNode.Scalar.Type.ofPlain(text) : YamlNode.Scalar.Type.TEXT);
  }

  private YamlNode sequence(Place place, int depth) {
    List<YamlNode> items = new ArrayList<>();
    for (Event e = next(); !(e instanceof SequenceEndEvent); e = next()) {
      items.add(node(e, depth + 1));
    }
    return new YamlNode.Sequence(place, items);
  }

  private YamlNode mapping(Place place, int depth) {
    Map<String, YamlNode.Entry> entries = new LinkedHashMap<>();
    for (Event e = next(); !(e instanceof MappingEndEvent); e = next()) {
      YamlNode key = node(e, depth + 1);
      YamlNode value = node(next(), depth + 1);
      if (key instanceof YamlNode.Scalar k) {
        enter(entries, k, value);
      } else {
        problems.add(key.place(), "a key must be a word, and this is " + key.kind(), "");
      }
    }
    return new YamlNode.Mapping(place, entries);
  }

  private void enter(Map<String, YamlNode.Entry> entries, YamlNode.Scalar key, YamlNode value) {
    YamlNode.Entry first = entries.putIfAbsent(key.text(), new YamlNode.Entry(key.place(), value));
    if (first != null) {
      problems.add(
          key.place(),
          "duplicate key " + Problem.quote(key.text()) + ", first in line " + first.key().line(),
          "keep one of the two");
    }
  }

  private Event next() {
    return events.next();
  }

  private static String reason(MarkedYAMLException e) {
    String context = e.getContext() == null ? "" : firstLine(e.getContext()) + ", ";
    return context + firstLine(e.getProblem());
  }

  private static String firstLine(@Nullable String text) {
    return text == null ? "unreadable" : text.lines().findFirst().orElse("unreadable").strip();
  }

  private static Place place(@Nullable Mark mark) {
    return mark == null ? new Place(1, 1) : new Place(mark.getLine() + 1, mark.getColumn() + 1);
  }

  /** Ends the reading: what follows cannot be made sense of. */
  private static final class BrokenTextException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final transient Place place;
    private final String message;
    private final String hint;

    BrokenTextException(Place place, String message, String hint) {
      super(message);
      this.place = place;
      this.message = message;
      this.hint = hint;
    }
  }
}
