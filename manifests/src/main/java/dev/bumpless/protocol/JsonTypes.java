package dev.bumpless.protocol;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.KeyDeserializer;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.std.StdScalarDeserializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdScalarSerializer;
import dev.bumpless.manifest.App;
import dev.bumpless.manifest.AppName;
import dev.bumpless.trust.Root;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.UUID;
import java.util.function.Function;

/** The types that are one text or one number in JSON. */
final class JsonTypes {
  private static final double NANOS_PER_MILLI = 1e6;

  private JsonTypes() {}

  static SimpleModule module(MessageCodec.AppText appText) {
    SimpleModule module = new SimpleModule("bumpless");
    text(module, AppName.class, AppName::value, AppName::new);
    text(module, DeviceId.class, DeviceId::value, DeviceId::new);
    text(module, ReleaseId.class, ReleaseId::toString, ReleaseId::parse);
    text(module, UUID.class, UUID::toString, JsonTypes::uuid);
    text(module, Instant.class, Instant::toString, Instant::parse);
    text(module, App.class, appText::write, appText::parse);
    text(module, Root.Role.class, JsonTypes::lower, JsonTypes::role);
    module.addSerializer(Duration.class, new MillisWriter());
    module.addDeserializer(Duration.class, new MillisReader());
    return module;
  }

  private static UUID uuid(String text) {
    UUID id = UUID.fromString(text);
    if (!id.toString().equals(text)) {
      throw new IllegalArgumentException("'" + text + "' is no UUID in its canonical form");
    }
    return id;
  }

  private static String lower(Root.Role role) {
    return role.name().toLowerCase(Locale.ROOT);
  }

  private static Root.Role role(String text) {
    return switch (text) {
      case "release" -> Root.Role.RELEASE;
      case "order" -> Root.Role.ORDER;
      default -> throw new IllegalArgumentException("role '" + text + "': expected release, order");
    };
  }

  private static <T> void text(
      SimpleModule module, Class<T> type, Function<T, String> write, Function<String, T> parse) {
    module.addSerializer(type, new TextWriter<>(type, write));
    module.addKeySerializer(type, new KeyWriter<>(write));
    module.addDeserializer(type, new TextReader<>(type, parse));
    module.addKeyDeserializer(type, new KeyReader(parse));
  }

  private static final class TextWriter<T> extends StdScalarSerializer<T> {
    private static final long serialVersionUID = 1L;
    private final transient Function<T, String> write;

    TextWriter(Class<T> type, Function<T, String> write) {
      super(type);
      this.write = write;
    }

    @Override
    public void serialize(T value, JsonGenerator json, SerializerProvider provider)
        throws IOException {
      json.writeString(write.apply(value));
    }
  }

  private static final class KeyWriter<T> extends JsonSerializer<T> {
    private final Function<T, String> write;

    KeyWriter(Function<T, String> write) {
      this.write = write;
    }

    @Override
    public void serialize(T value, JsonGenerator json, SerializerProvider provider)
        throws IOException {
      json.writeFieldName(write.apply(value));
    }
  }

  private static final class TextReader<T> extends StdScalarDeserializer<T> {
    private static final long serialVersionUID = 1L;
    private final transient Function<String, T> parse;

    TextReader(Class<T> type, Function<String, T> parse) {
      super(type);
      this.parse = parse;
    }

    @Override
    public T deserialize(JsonParser json, DeserializationContext context) throws IOException {
      if (!json.hasToken(JsonToken.VALUE_STRING)) {
        throw JsonMappingException.from(json, "expected a text, got " + json.currentToken());
      }
      try {
        return parse.apply(json.getText());
      } catch (RuntimeException e) { // whatever a parser throws: the text is wrong
        throw JsonMappingException.from(json, e.getMessage(), e);
      }
    }
  }

  private static final class KeyReader extends KeyDeserializer {
    private final Function<String, ?> parse;

    KeyReader(Function<String, ?> parse) {
      this.parse = parse;
    }

    @Override
    public Object deserializeKey(String key, DeserializationContext context) throws IOException {
      try {
        return parse.apply(key);
      } catch (RuntimeException e) { // whatever a parser throws: the text is wrong
        throw JsonMappingException.from(context, e.getMessage(), e);
      }
    }
  }

  private static final class MillisWriter extends JsonSerializer<Duration> {
    @Override
    public void serialize(Duration value, JsonGenerator json, SerializerProvider provider)
        throws IOException {
      json.writeNumber(value.toNanos() / NANOS_PER_MILLI);
    }
  }

  private static final class MillisReader extends JsonDeserializer<Duration> {
    @Override
    public Duration deserialize(JsonParser json, DeserializationContext context)
        throws IOException {
      if (!json.currentToken().isNumeric()) {
        throw JsonMappingException.from(
            json, "expected milliseconds as a number, got " + json.currentToken());
      }
      return Duration.ofNanos(Math.round(json.getDoubleValue() * NANOS_PER_MILLI));
    }
  }
}
