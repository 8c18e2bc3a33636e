package dev.bumpless.rig;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.bumpless.agent.docker.TinyImage;
import dev.bumpless.agent.swap.StateTransfer;
import dev.bumpless.agent.swap.TransferException;
import dev.bumpless.manifest.Hook;
import dev.bumpless.manifest.StatePolicy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** State by commands, between two containers of this machine's engine. */
class ExecStateIT {
  private static final Duration PLENTY = Duration.ofSeconds(60);
  private static final Duration SHORT = Duration.ofSeconds(2);
  private static final String TEN_MEGABYTES = "10485760";
  private static final String KEEP = "busybox cat > /tmp/in && busybox touch /tmp/whole";

  @TempDir private static Path folder;
  private static TwoContainers two;

  @BeforeAll
  static void start() throws Exception {
    two =
        TwoContainers.start(
            folder, TinyImage.named("state"), List.of("/bin/busybox", "sleep", "3600"));
  }

  @AfterAll
  static void stop() throws Exception {
    two.close();
  }

  @Test
  void ten_megabytes_of_anything_arrive_as_they_are() throws Exception {
    two.blueSays("busybox head -c " + TEN_MEGABYTES + " /dev/urandom > /tmp/state");

    bring("busybox cat /tmp/state", "busybox cat > /tmp/state", PLENTY);

    assertThat(two.greenSays("busybox wc -c < /tmp/state")).isEqualTo(TEN_MEGABYTES);
    assertThat(two.greenSays("busybox sha256sum /tmp/state"))
        .isEqualTo(two.blueSays("busybox sha256sum /tmp/state"));
  }

  @Test
  void an_import_of_nothing_sees_the_end_of_its_input_at_once() throws Exception {
    two.greenSays("busybox rm -f /tmp/whole");

    bring(":", KEEP, PLENTY);

    assertThat(two.greenSays("busybox ls /tmp/whole")).isEqualTo("/tmp/whole");
  }

  @Test
  void a_rehearsal_brings_the_same_and_tells_how_long_it_took() throws Exception {
    two.blueSays("echo rehearsed > /tmp/small-state");

    long begin = System.nanoTime();
    Duration took =
        two.transfers()
            .rehearse(
                policy("busybox cat /tmp/small-state", "busybox cat > /tmp/small-state"),
                two.blue(),
                two.green(),
                PLENTY);

    assertThat(took).isPositive().isLessThanOrEqualTo(Duration.ofNanos(System.nanoTime() - begin));
    assertThat(two.greenSays("busybox cat /tmp/small-state")).isEqualTo("rehearsed");
  }

  /** Repeated, as an export that fails at once may do so while the import is being started. */
  @RepeatedTest(10)
  void what_a_failing_export_wrote_is_never_taken_for_the_whole() throws Exception {
    two.greenSays("busybox rm -f /tmp/whole /tmp/in");

    assertThat(failure("echo half; echo no such table >&2; exit 3", KEEP, PLENTY))
        .hasMessageContaining("export 'sh -c echo half;")
        .hasMessageContaining("in container 'app' of stateful:blue/0 ended with 3")
        .hasMessageContaining("it wrote last: 'no such table'");

    assertThat(two.greenSays("busybox ls /tmp/in /tmp/whole 2>/dev/null"))
        .doesNotContain("/tmp/whole");
    assertThat(two.greenSays("busybox ps")).doesNotContain("cat");
  }

  @Test
  void a_failing_import_ends_an_export_that_would_go_on_for_ever() throws Exception {
    assertThat(
            failure(
                "busybox yes", "busybox head -c 9 >/dev/null; echo bad format >&2; exit 4", PLENTY))
        .hasMessageContaining("import 'sh -c busybox head")
        .hasMessageContaining("of stateful:green/0 ended with 4; it wrote last: 'bad format'");

    assertThat(two.blueSays("busybox ps")).doesNotContain("yes");
  }

  @Test
  void an_import_that_has_enough_is_fine() throws Exception {
    bring("busybox head -c 1000000 /dev/zero", "busybox head -c 5 > /tmp/five", PLENTY);

    assertThat(two.greenSays("busybox wc -c < /tmp/five")).isEqualTo("5");
  }

  @Test
  void an_import_that_hangs_is_killed_at_the_limit_and_blamed() throws Exception {
    assertThat(failure("busybox yes", "busybox sleep 611", SHORT))
        .hasMessageContaining(
            "import 'sh -c busybox sleep 611' in container 'app' of stateful:green")
        .hasMessageContaining("no end within 2000 ms; it was killed");

    assertThat(two.greenSays("busybox ps")).doesNotContain("sleep 611");
    assertThat(two.blueSays("busybox ps")).doesNotContain("yes");
  }

  @Test
  void an_export_that_hangs_is_killed_at_the_limit_and_blamed() throws Exception {
    assertThat(failure("busybox sleep 612", "busybox cat > /dev/null", SHORT))
        .hasMessageContaining(
            "export 'sh -c busybox sleep 612' in container 'app' of stateful:blue")
        .hasMessageContaining("no end within 2000 ms; it was killed");

    assertThat(two.blueSays("busybox ps")).doesNotContain("sleep 612");
    assertThat(two.greenSays("busybox ps")).doesNotContain("cat");
  }

  @Test
  void an_export_that_lives_on_with_its_outputs_closed_has_not_ended() throws Exception {
    assertThat(failure("exec >&- 2>&-; busybox sleep 613", "busybox cat > /dev/null", SHORT))
        .hasMessageContaining("no end within 2000 ms; it was killed");

    assertThat(two.blueSays("busybox ps")).doesNotContain("sleep 613");
  }

  @Test
  void a_full_disk_of_the_new_version_is_told_in_the_words_of_its_import() throws Exception {
    assertThat(failure("busybox head -c 4000000 /dev/zero", "busybox cat > /small/state", PLENTY))
        .hasMessageContaining("import")
        .hasMessageContaining("No space left on device");
  }

  @Test
  void a_full_disk_during_the_export_is_told_in_its_words() throws Exception {
    assertThat(
            failure(
                "busybox dd if=/dev/zero of=/small/dump bs=1000 count=4000"
                    + " && busybox cat /small/dump",
                "busybox cat > /dev/null",
                PLENTY))
        .hasMessageContaining("export")
        .hasMessageContaining("No space left on device");
  }

  @Test
  void a_program_that_is_not_there_is_no_state() throws Exception {
    StatePolicy.Exec policy =
        new StatePolicy.Exec(TwoContainers.NAME, List.of("/bin/dump"), shell(KEEP));
    two.greenSays("busybox rm -f /tmp/whole");

    assertThat(failure(two, policy, PLENTY))
        .hasMessageContaining("export '/bin/dump' in container 'app' of stateful:blue/0 ended with")
        .hasMessageContaining("no such file or directory")
        .hasMessageContaining("is that program in the image?");

    assertThat(two.greenSays("busybox ls /tmp/whole 2>/dev/null")).isEmpty();
  }

  @Test
  void a_container_that_dies_in_between_is_told() throws Exception {
    try (TwoContainers mortal =
        TwoContainers.start(
            folder, TinyImage.named("mortal"), List.of("/bin/busybox", "sleep", "3600"))) {
      CompletableFuture<TransferException> failure =
          CompletableFuture.supplyAsync(
              () ->
                  failure(
                      mortal,
                      policy("echo begun; busybox sleep 614", "busybox cat > /tmp/begun"),
                      PLENTY));
      Awaitility.await()
          .atMost(30, TimeUnit.SECONDS)
          .until(() -> mortal.greenSays("busybox cat /tmp/begun").equals("begun"));
      mortal.killBlue();

      assertThat(failure.get(30, TimeUnit.SECONDS))
          .hasMessageContaining("export")
          .hasMessageContaining("of stateful:blue/0 ended with 137");
    }
  }

  @Test
  void a_hook_runs_to_its_end() throws Exception {
    two.transfers().run(hook("echo promoted > /tmp/promoted"), two.green(), PLENTY);

    assertThat(two.greenSays("busybox cat /tmp/promoted")).isEqualTo("promoted");
  }

  @Test
  void a_hook_that_fails_tells_why() {
    TransferException failure =
        catchThrowableOfType(
            TransferException.class,
            () ->
                two.transfers()
                    .run(hook("echo outputs are busy >&2; exit 7"), two.green(), PLENTY));

    assertThat(failure)
        .hasMessageContaining("hook")
        .hasMessageContaining("ended with 7; it wrote last: 'outputs are busy'");
  }

  @Test
  void a_hook_that_hangs_is_killed_with_all_that_it_started() throws Exception {
    TransferException failure =
        catchThrowableOfType(
            TransferException.class,
            () ->
                two.transfers()
                    .run(hook("busybox sleep 615 | busybox sleep 616; true"), two.green(), SHORT));

    assertThat(failure).hasMessageContaining("no end within 2000 ms; it was killed");
    assertThat(two.greenSays("busybox ps")).doesNotContain("sleep 615", "sleep 616");
  }

  private static void bring(String export, String load, Duration limit) throws TransferException {
    two.transfers().bring(policy(export, load), two.blue(), two.green(), limit);
  }

  private static TransferException failure(String export, String load, Duration limit) {
    return failure(two, policy(export, load), limit);
  }

  private static TransferException failure(
      TwoContainers sides, StatePolicy policy, Duration limit) {
    StateTransfer transfers = sides.transfers();
    return catchThrowableOfType(
        TransferException.class, () -> transfers.bring(policy, sides.blue(), sides.green(), limit));
  }

  private static StatePolicy.Exec policy(String export, String load) {
    return new StatePolicy.Exec(TwoContainers.NAME, shell(export), shell(load));
  }

  private static Hook hook(String command) {
    return new Hook(TwoContainers.NAME, shell(command));
  }

  private static List<String> shell(String command) {
    return List.of("sh", "-c", command);
  }
}
