package dev.bumpless.controller.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.type.LogicalType;
import dev.bumpless.controller.problem.Problem;
import dev.bumpless.protocol.JsonFault;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;

/**
 * JSON of requests and answers: without absent fields out, strict in. A number that would have to
 * be rounded, or a value that would have to be taken for another kind, is refused: what is guessed
 * wrongly here changes what runs.
 */
final class RestJson {
  private static final int MAX_DEPTH = 16;

  private final ObjectMapper mapper =
      JsonMapper.builder(
              JsonFactory.builder()
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .withCoercionConfig(
              LogicalType.Textual,
              texts ->
                  texts
                      .setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                      .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                      .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
          .defaultPropertyInclusion(
              JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.ALWAYS))
          .build();

  byte[] write(Object value) {
    try {
      return mapper.writeValueAsBytes(value);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("cannot write " + value.getClass(), e);
    }
  }

  /** Throws BAD_REQUEST where the body is not what the call takes. */
  <T> T read(byte[] body, Class<T> type) {
    return read(body, mapper.constructType(type));
  }

  /** An object of texts. */
  Map<String, String> readTexts(byte[] body) {
    return read(
        body, mapper.getTypeFactory().constructMapType(TreeMap.class, String.class, String.class));
  }

  @SuppressWarnings("TypeParameterUnusedInFormals") // as Jackson's own
  private <T> T read(byte[] body, JavaType type) {
    try {
      T value = mapper.readValue(body, type);
      if (value != null) {
        return value;
      }
      throw bad("it is null");
    } catch (JacksonException e) {
      throw bad(JsonFault.describe(e));
    } catch (IOException e) {
      throw bad(String.valueOf(e.getMessage()));
    }
  }

  private static RuntimeException bad(String why) {
    return Problem.of(
        Problem.Code.BAD_REQUEST,
        "the body is not the JSON that this call takes: " + why,
        "see /openapi.json");
  }
}
