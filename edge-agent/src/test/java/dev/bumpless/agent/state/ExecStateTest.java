package dev.bumpless.agent.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.bumpless.agent.state.ContainerCommands.Ended;
import dev.bumpless.agent.swap.Slot;
import dev.bumpless.agent.swap.StateTransfer.Side;
import dev.bumpless.agent.swap.TransferException;
import dev.bumpless.manifest.StatePolicy;
import dev.bumpless.rig.Sides;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Export and import as commands that the test plays. */
class ExecStateTest {
  private static final Duration PLENTY = Duration.ofSeconds(20);
  private static final byte[] PART = {1, 2, 3};

  /** One end of a transfer. */
  private interface Play {
    int run(InputStream in, OutputStream out)
        throws IOException, TimeoutException, InterruptedException;
  }

  @Test
  void the_import_sees_the_end_only_when_the_export_has_ended_well() throws Exception {
    AtomicReference<byte[]> arrived = new AtomicReference<>();

    bring(
        (in, out) -> {
          out.write(PART);
          return 0;
        },
        (in, out) -> {
          arrived.set(in.readAllBytes());
          return 0;
        });

    assertThat(arrived.get()).isEqualTo(PART);
  }

  @Test
  void for_the_import_a_failed_export_is_a_failure_and_no_end() {
    CountDownLatch read = new CountDownLatch(1);
    AtomicBoolean sawEnd = new AtomicBoolean();

    TransferException failure =
        failure(
            (in, out) -> {
              out.write(PART);
              read.await();
              return 3;
            },
            (in, out) -> {
              in.readNBytes(PART.length);
              read.countDown();
              sawEnd.set(in.read() < 0);
              return 0;
            });

    assertThat(failure)
        .hasMessageContaining("export 'dump' in container 'app' of stateful:blue/0 ended with 3");
    assertThat(sawEnd).isFalse();
  }

  @Test
  void an_export_that_would_wait_for_ever_is_given_up_when_the_import_fails() {
    AtomicBoolean givenUp = new AtomicBoolean();

    TransferException failure =
        failure(
            (in, out) -> {
              try {
                new CountDownLatch(1).await();
              } catch (InterruptedException e) {
                givenUp.set(true);
                throw e;
              }
              return 0;
            },
            (in, out) -> 4);

    assertThat(failure)
        .hasMessageContaining("import 'load' in container 'app' of stateful:green/0 ended with 4");
    assertThat(givenUp).isTrue();
  }

  @Test
  void who_does_not_read_is_to_blame_when_both_come_to_their_deadline() {
    assertThat(
            failure(
                (in, out) -> {
                  out.write(PART);
                  throw new TimeoutException("no end within 5 ms");
                },
                (in, out) -> {
                  throw new TimeoutException("no end within 6 ms");
                }))
        .hasMessageContaining("import 'load'")
        .hasMessageContaining("no end within 6 ms; make it quicker, or raise 'upgrade.hold'");
  }

  @Test
  void who_does_not_write_is_to_blame_when_both_come_to_their_deadline() {
    CountDownLatch read = new CountDownLatch(1);
    assertThat(
            failure(
                (in, out) -> {
                  out.write(PART);
                  read.await();
                  throw new TimeoutException("no end within 5 ms");
                },
                (in, out) -> {
                  in.readNBytes(PART.length);
                  read.countDown();
                  throw new TimeoutException("no end within 6 ms");
                }))
        .hasMessageContaining("export 'dump'")
        .hasMessageContaining("no end within 5 ms");
  }

  @Test
  void a_state_above_the_limit_is_refused() {
    assertThat(
            failure(
                (in, out) -> {
                  byte[] block = new byte[1 << 20];
                  while (true) {
                    out.write(block);
                  }
                },
                (in, out) -> {
                  in.readNBytes(1);
                  return 0;
                }))
        .hasMessageContaining("export 'dump'")
        .hasMessageContaining(
            "it wrote more than 1024 MiB: state of that size belongs into a volume");
  }

  @Test
  void a_container_that_does_not_run_is_told_before_anything_is_run() {
    ExecState state = state((in, out) -> 0, (in, out) -> 0);

    assertThat(
            catchThrowableOfType(
                TransferException.class,
                () -> state.bring(Sides.exited(Slot.BLUE, "app"), green(), PLENTY)))
        .hasMessage("export cannot run: container 'app' of stateful:blue/0 is exited");
  }

  private static void bring(Play export, Play load) throws TransferException {
    state(export, load).bring(blue(), green(), PLENTY);
  }

  private static TransferException failure(Play export, Play load) {
    return catchThrowableOfType(TransferException.class, () -> bring(export, load));
  }

  private static ExecState state(Play export, Play load) {
    ContainerCommands commands =
        (id, command, in, out, limit) -> {
          try (in) {
            Play play = command.contains("dump") ? export : load;
            return new Ended(play.run(in, out), "");
          }
        };
    return new ExecState(new StatePolicy.Exec("app", List.of("dump"), List.of("load")), commands);
  }

  private static Side blue() {
    return Sides.running(Slot.BLUE, "app", "blue-id", "127.0.0.1");
  }

  private static Side green() {
    return Sides.running(Slot.GREEN, "app", "green-id", "127.0.0.2");
  }
}
