package dev.bumpless.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class JsonFieldsTest {
  private final JsonFields fields = new JsonFields();

  @Test
  void pointers_find_fields_elements_and_escaped_names() throws Exception {
    assertThat(pick("{\"a\":[1,{\"b/c\":\"x\"}],\"n\":null}", "/a/0", "/a/1/b~1c", "/n", "/a/2"))
        .containsExactly(
            Map.entry("/a/0", Optional.of("1")),
            Map.entry("/a/1/b~1c", Optional.of("\"x\"")),
            Map.entry("/n", Optional.of("null")),
            Map.entry("/a/2", Optional.empty()));
  }

  @Test
  void the_order_of_keys_and_white_space_do_not_matter() throws Exception {
    assertThat(pick("{\"o\":{\"b\":[1, 2],\"a\":{\"d\":1,\"c\":2}}}", "/o"))
        .isEqualTo(pick("{ \"o\" : {\"a\":{\"c\":2,\"d\":1}, \"b\":[1,2]} }", "/o"));
  }

  @Test
  void numbers_keep_all_their_digits() throws Exception {
    assertThat(pick("[12345678901234567890123, 0.10000000000000000001]", "/0", "/1").values())
        .containsExactly(
            Optional.of("12345678901234567890123"), Optional.of("0.10000000000000000001"));
  }

  @Test
  void what_is_no_json_is_told() {
    assertThatThrownBy(() -> pick("<html>", "/a"))
        .isInstanceOf(MalformedMessageException.class)
        .hasMessageStartingWith("no JSON");
    assertThatThrownBy(() -> pick("{} {}", "/a")).isInstanceOf(MalformedMessageException.class);
    assertThatThrownBy(() -> pick("[".repeat(100) + "]".repeat(100), "/a"))
        .isInstanceOf(MalformedMessageException.class);
  }

  private Map<String, Optional<String>> pick(String json, String... pointers)
      throws MalformedMessageException {
    return fields.pick(json.getBytes(StandardCharsets.UTF_8), List.of(pointers));
  }
}
