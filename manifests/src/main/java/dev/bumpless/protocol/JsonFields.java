package dev.bumpless.protocol;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Fields of JSON that is not ours, such as an app answers. Here because JSON is read nowhere else.
 * Safe for any number of threads.
 */
public final class JsonFields {
  private static final int MAX_DEPTH = 64;
  private static final int MAX_NUMBER_CHARS = 100;

  private final JsonMapper mapper =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(MAX_DEPTH)
                          .maxNumberLength(MAX_NUMBER_CHARS)
                          .build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
          .build();

  /**
   * The values that pointers (RFC 6901) name, as JSON with the keys of objects in order; empty
   * where there is none. Keyed by pointer, in the order given.
   */
  public Map<String, Optional<String>> pick(byte[] json, List<String> pointers)
      throws MalformedMessageException {
    JsonNode document = parse(json);
    Map<String, Optional<String>> picked = new LinkedHashMap<>();
    for (String pointer : pointers) {
      JsonNode found = document.at(pointer);
      picked.put(pointer, found.isMissingNode() ? Optional.empty() : Optional.of(text(found)));
    }
    return picked;
  }

  private JsonNode parse(byte[] json) throws MalformedMessageException {
    try {
      return mapper.readTree(json);
    } catch (JacksonException e) {
      throw new MalformedMessageException("no JSON: " + JsonFault.describe(e), e);
    } catch (IOException e) {
      throw new MalformedMessageException("no JSON: " + e.getMessage(), e);
    }
  }

  private String text(JsonNode found) {
    try {
      return mapper.writeValueAsString(mapper.treeToValue(found, Object.class));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("what was read cannot be written: " + found, e);
    }
  }
}
