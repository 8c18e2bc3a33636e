package dev.bumpless.agent.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ApiVersionsTest {

  /** Highest and lowest as engines 19.03, 20.10, 24, 25, 28 and 29 say them. */
  @ParameterizedTest
  @CsvSource({
    "1.40, 1.12, 1.40",
    "1.41, 1.12, 1.41",
    "1.43, 1.12, 1.43",
    "1.44, 1.24, 1.44",
    "1.50, 1.24, 1.44",
    "1.52, 1.44, 1.44"
  })
  void the_highest_that_both_know_is_spoken(String highest, String lowest, String agreed) {
    assertThat(ApiVersions.agree(highest, lowest).getVersion()).isEqualTo(agreed);
  }

  @Test
  void engines_that_are_too_old_or_too_new_are_refused_with_both_ranges() {
    assertThatThrownBy(() -> ApiVersions.agree("1.39", "1.12"))
        .hasMessage("the engine speaks API 1.12 to 1.39 and this agent 1.40 to 1.44");
    assertThatThrownBy(() -> ApiVersions.agree("1.60", "1.45"))
        .hasMessage("the engine speaks API 1.45 to 1.60 and this agent 1.40 to 1.44");
  }
}
