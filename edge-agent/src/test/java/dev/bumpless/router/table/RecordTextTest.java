package dev.bumpless.router.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class RecordTextTest {
  @Test
  void a_record_is_read_as_it_was_written() {
    AppRecord record = Samples.record(7, Samples.GREEN);
    assertThat(RecordText.read(RecordText.write(record))).isEqualTo(record);
  }

  @Test
  void an_instance_without_targets_and_an_app_without_anything_are_kept_too() {
    AppRecord empty = new AppRecord("a", 1, new TreeMap<>(), new TreeMap<>(), new TreeSet<>());
    assertThat(RecordText.read(RecordText.write(empty))).isEqualTo(empty);
    var targets = Samples.targets();
    targets.put(Instance.parse("green/1"), new TreeMap<>());
    AppRecord bare = new AppRecord("a", 1, Samples.routes(), targets, new TreeSet<>());
    assertThat(RecordText.read(RecordText.write(bare))).isEqualTo(bare);
  }

  @Test
  void a_text_torn_at_any_byte_is_refused() {
    String text = RecordText.write(Samples.record(7, Samples.GREEN));
    for (int length = 0; length < text.length(); length++) {
      String torn = text.substring(0, length);
      assertThatThrownBy(() -> RecordText.read(torn))
          .as("the first %d characters", length)
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void a_text_with_any_byte_altered_is_refused() {
    String text = RecordText.write(Samples.record(7, Samples.GREEN));
    for (int at = 0; at < text.length(); at++) {
      StringBuilder altered = new StringBuilder(text);
      altered.setCharAt(at, (char) (altered.charAt(at) ^ 1));
      assertThatThrownBy(() -> RecordText.read(altered.toString()))
          .as("altered at %d", at)
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void zeros_and_a_doubled_text_are_refused() {
    String text = RecordText.write(Samples.record(7, Samples.GREEN));
    assertThatThrownBy(() -> RecordText.read("\0".repeat(text.length())))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> RecordText.read(text + text))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
