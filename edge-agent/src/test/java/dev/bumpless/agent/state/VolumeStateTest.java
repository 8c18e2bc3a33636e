package dev.bumpless.agent.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bumpless.agent.swap.InstanceKey;
import dev.bumpless.agent.swap.Slot;
import dev.bumpless.agent.swap.StateTransfer.Side;
import dev.bumpless.agent.swap.TransferException;
import dev.bumpless.manifest.AppName;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class VolumeStateTest {
  private static final AppName APP = new AppName("pump");
  private static final Side BLUE = new Side(new InstanceKey(APP, Slot.BLUE, 0), List.of());
  private static final Side GREEN = new Side(new InstanceKey(APP, Slot.GREEN, 0), List.of());
  private static final Duration LIMIT = Duration.ofMinutes(1);

  private final Copies copies = new Copies();
  private final VolumeState volumes = new VolumeState(copies);

  /** Notes what it is asked. */
  private static final class Copies implements VolumeCopies {
    final List<String> calls = new ArrayList<>();
    boolean fails;

    @Override
    public void copy(InstanceKey from, InstanceKey to, boolean exactly, Duration limit)
        throws IOException {
      calls.add("%s to %s%s".formatted(from.place(), to.place(), exactly ? " exactly" : ""));
      if (fails) {
        throw new IOException("the disk has no room");
      }
    }

    @Override
    public void close(AppName app) {
      calls.add("close " + app);
    }
  }

  @Test
  void a_rehearsal_copies_more_than_once_because_the_first_time_tells_nothing() throws Exception {
    assertThat(volumes.rehearse(BLUE, GREEN, LIMIT)).isLessThan(LIMIT);

    assertThat(copies.calls).hasSizeBetween(2, 5).containsOnly("blue/0 to green/0");
  }

  @Test
  void in_the_hold_it_is_copied_once_and_exactly() throws Exception {
    volumes.bring(GREEN, BLUE, LIMIT);

    assertThat(copies.calls).containsExactly("green/0 to blue/0 exactly");
  }

  @Test
  void what_fails_keeps_its_words() {
    copies.fails = true;

    assertThatThrownBy(() -> volumes.bring(BLUE, GREEN, LIMIT))
        .isInstanceOf(TransferException.class)
        .hasMessage("the disk has no room");
  }

  @Test
  void an_app_is_tidied_once_for_all_its_instances() throws Exception {
    volumes.tidy(List.of(BLUE, GREEN));

    assertThat(copies.calls).containsExactly("close pump");
  }
}
