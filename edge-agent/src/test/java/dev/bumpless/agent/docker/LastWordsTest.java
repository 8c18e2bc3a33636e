package dev.bumpless.agent.docker;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LastWordsTest {

  @Test
  void they_are_one_line_without_colours() {
    assertThat(LastWords.clean("\u001b[31mError:\u001b[0m no file\r\n\n  at start\n"))
        .isEqualTo("Error:  no file | at start");
  }

  @Test
  void the_end_of_what_is_long_is_kept() {
    assertThat(LastWords.clean("x".repeat(5000) + "why"))
        .hasSize(LastWords.MOST_CHARS + 1)
        .startsWith("…x")
        .endsWith("why");
  }

  @Test
  void who_wrote_nothing_has_none() {
    assertThat(LastWords.clean("\n")).isEmpty();
  }
}
