package dev.bumpless.protocol;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.bumpless.manifest.App;
import dev.bumpless.trust.Envelope;
import dev.bumpless.trust.Root;
import java.io.IOException;
import java.util.Set;

/**
 * All that crosses the wire, as JSON in UTF-8. Safe for any number of threads.
 *
 * <p>Strict everywhere: one value and nothing behind it, no key twice, no guessing between numbers
 * and texts, at most {@link Envelope#MAX_BYTES} bytes and 16 levels. What was signed, and what
 * carries it, may hold no unknown key either; in what the sides tell each other, unknown keys are
 * skipped, so that a newer agent can report to an older controller. Names are written as text
 * ({@code node-red@7}), instants as ISO 8601 in UTC, durations as milliseconds with a fraction, an
 * absent value not at all, and the app of a release as the canonical YAML of its manifest.
 */
public final class MessageCodec {
  private static final Set<Class<?>> EXACT =
      Set.of(
          Release.class, Order.class, LogQuery.class, Envelope.class, Assignment.class, Root.class);
  private static final Set<Class<?>> TOLERANT =
      Set.of(
          Presence.class,
          DesiredRequest.class,
          DeviceReport.class,
          AppReport.class,
          ReportAck.class,
          PullProgress.class,
          LogChunk.class);

  private final ObjectMapper exact;
  private final ObjectMapper tolerant;

  /** How an app is written inside a release. */
  public interface AppText {
    String write(App app);

    /** Throws IllegalArgumentException where it is none. */
    App parse(String text);
  }

  public MessageCodec(AppText appText) {
    exact = Json.mapper(appText, true);
    tolerant = Json.mapper(appText, false);
  }

  /** Throws IllegalArgumentException for what is no message, or one that nobody would read. */
  public byte[] encode(Record message) {
    byte[] json;
    try {
      json = mapper(message.getClass()).writeValueAsBytes(message);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("cannot write " + message, e);
    }
    if (json.length > Envelope.MAX_BYTES) {
      throw new IllegalArgumentException(
          message.getClass().getSimpleName() + tooLarge(json.length) + ": nobody would read it");
    }
    return json;
  }

  public <T extends Record> T decode(byte[] json, Class<T> type) throws MalformedMessageException {
    String what = type.getSimpleName();
    if (json.length > Envelope.MAX_BYTES) {
      throw new MalformedMessageException(what + tooLarge(json.length));
    }
    try {
      T message = mapper(type).readValue(json, type);
      if (message == null) {
        throw new MalformedMessageException("expected a " + what + ", got null");
      }
      return message;
    } catch (JacksonException e) {
      throw new MalformedMessageException("no " + what + ": " + JsonFault.describe(e), e);
    } catch (IOException e) {
      throw new MalformedMessageException("no " + what + ": " + e.getMessage(), e);
    }
  }

  private ObjectMapper mapper(Class<?> type) {
    if (EXACT.contains(type)) {
      return exact;
    }
    if (TOLERANT.contains(type)) {
      return tolerant;
    }
    throw new IllegalArgumentException(type.getName() + " is no message");
  }

  private static String tooLarge(int bytes) {
    return " of " + bytes + " bytes, limit " + Envelope.MAX_BYTES;
  }
}
