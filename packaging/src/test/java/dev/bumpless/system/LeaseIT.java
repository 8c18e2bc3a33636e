package dev.bumpless.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.bumpless.system.WholeSystem.Result;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A person before the machine says "not now", and an operator far away says "now". */
class LeaseIT {
  @TempDir private Path folder;

  private WholeSystem system;

  @BeforeEach
  void serveSomething() throws Exception {
    system = WholeSystem.start(folder);
    for (String tag : new String[] {"1", "2", "3"}) {
      system.push(tag, "image-" + tag);
    }
    assertThat(apply("1", "--wait").exitCode()).isZero();
  }

  @AfterEach
  void stop() throws Exception {
    system.close();
  }

  private Result apply(String tag, String... more) throws Exception {
    String[] args = new String[3 + more.length];
    args[0] = "apply";
    args[1] = "-f";
    args[2] = system.manifest(tag, "ok").toString();
    System.arraycopy(more, 0, args, 3, more.length);
    return system.cli(args);
  }

  private Result lease(String... words) {
    String[] args = new String[2 + words.length];
    args[0] = "--socket";
    args[1] = folder.resolve("agent").resolve("lease.sock").toString();
    System.arraycopy(words, 0, args, 2, words.length);
    return system.run("bumpless-lease", args).join();
  }

  private void awaitWaiting() {
    await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () ->
                system
                    .cli("rollout", "status", "web")
                    .out()
                    .matches("(?s).*WAITING.*'ann' has an update lease until .*cabinet is open.*"));
  }

  @Test
  void aSwapWaitsForAPersonIsForcedAndTheNextOneWaitsAgain() throws Exception {
    Result taken = lease("take", "ann", "1h", "the", "cabinet", "is", "open");
    assertThat(taken.exitCode()).as(taken.err()).isZero();
    assertThat(apply("2").exitCode()).isZero();
    awaitWaiting();
    assertThat(system.answer()).contains("1-ok");
    assertThat(system.cli("describe", "device", WholeSystem.DEVICE).out())
        .contains("leases:", "owner: ann", "reason: the cabinet is open")
        .contains("generation: 2", "@sha256:");

    Result forced = system.cli("rollout", "force", "web", "--device", WholeSystem.DEVICE, "--wait");

    assertThat(forced.exitCode()).as(forced.err()).isZero();
    assertThat(system.answer()).contains("2-ok");
    assertThat(system.cli("audit", "export").out()).contains("force rollout web on dev-1");

    assertThat(lease("show").out()).contains("lease ann all until");
    assertThat(apply("3").exitCode()).isZero();
    awaitWaiting();
    assertThat(lease("give", "ann").exitCode()).isZero();
    assertThat(system.cli("rollout", "status", "web", "--wait").exitCode()).isZero();
    assertThat(system.answer()).contains("3-ok");
  }
}
