package dev.bumpless.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bumpless.manifest.RegisterRange.Table;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RegisterRangeTest {

  @ParameterizedTest
  @ValueSource(strings = {"coils 0", "discrete 7-8", "input 0-65535", "holding 65535"})
  void aRangeComesBackAsItWasWritten(String text) {
    assertThat(RegisterRange.parse(text)).hasToString(text);
  }

  @Test
  void aRangeOfOneValueHasOneSpelling() {
    assertThat(RegisterRange.parse("holding 7-7")).hasToString("holding 7");
    assertThat(RegisterRange.parse("holding 7").count()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "holding",
        "holding:1",
        "holding  1",
        "Holding 1",
        "holding -1",
        "holding 1-",
        "holding 01",
        "holding 2-1",
        "coils 65536",
        "holding 99999-99999",
        "holding 1-2-3",
        "register 1"
      })
  void whatIsNoRangeIsRefused(String text) {
    assertThatThrownBy(() -> RegisterRange.parse(text))
        .isInstanceOf(InvalidManifestException.class);
  }

  @Test
  void aSetMeetsWhatSharesAValueWithIt() {
    RegisterSet set = new RegisterSet(List.of(range("holding 10-19"), range("coils 5")));
    assertThat(set.overlaps(range("holding 19-30"))).isTrue();
    assertThat(set.overlaps(range("holding 0-10"))).isTrue();
    assertThat(set.overlaps(range("holding 20-30"))).isFalse();
    assertThat(set.overlaps(range("input 10"))).isFalse();
    assertThat(set.remove(List.of(range("holding 0-18"))).isEmpty()).isFalse();
    assertThat(set.remove(List.of(range("coils 5"), range("holding 19"))).isEmpty()).isTrue();
  }

  @Test
  void whatNoMasterCanWriteIsNeverCopied() {
    assertThatThrownBy(
            () ->
                new StatePolicy.Modbus(
                    Optional.empty(),
                    new TreeSet<>(List.of(1)),
                    List.of(new RegisterRange(Table.INPUT, 0, 9)),
                    List.of(),
                    List.of(),
                    StatePolicy.ReadOnly.IGNORE))
        .hasMessageContaining("input 0-9 cannot be copied");
  }

  private static RegisterRange range(String text) {
    return RegisterRange.parse(text);
  }
}
