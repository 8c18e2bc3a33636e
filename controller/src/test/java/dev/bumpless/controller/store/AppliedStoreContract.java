package dev.bumpless.controller.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bumpless.controller.SomeApps;
import dev.bumpless.controller.fleet.Selection;
import dev.bumpless.controller.rollout.Command;
import dev.bumpless.controller.rollout.Rollouts;
import dev.bumpless.controller.source.Applied;
import dev.bumpless.controller.source.AppliedStore;
import dev.bumpless.controller.source.SourceName;
import dev.bumpless.manifest.AppName;
import dev.bumpless.protocol.ReleaseId;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What following sources needs to remember, on whichever database. */
abstract class AppliedStoreContract {
  private static final SourceName PLANTS = new SourceName("plants");
  private static final AppName PUMP = new AppName("pump");
  private static final Instant NOW = Instant.parse("2026-11-25T10:00:00Z");

  private Database database;
  private SqlAppliedStore store;

  /** Opens the test's own database, and the same one when it is called again. */
  abstract Database openDatabase() throws Exception;

  @BeforeEach
  void open() throws Exception {
    database = openDatabase();
    store = new SqlAppliedStore(database);
  }

  @AfterEach
  void close() {
    database.close();
  }

  @Test
  void whatWasAppliedIsRememberedNewestFirstAndOncePerUnit() throws Exception {
    store.save(applied("app/pump", 1, NOW));
    store.save(applied("app/web", 1, NOW.plusSeconds(1)));
    store.save(applied("app/pump", 2, NOW.plusSeconds(2)));
    database.close();
    open();

    assertThat(store.of(PLANTS))
        .containsExactly(
            applied("app/pump", 2, NOW.plusSeconds(2)), applied("app/web", 1, NOW.plusSeconds(1)));
    assertThat(store.of(new SourceName("others"))).isEmpty();
  }

  @Test
  void theOldestAreForgottenBeyondTheLimit() {
    database.inTransaction(
        () -> {
          for (int i = 0; i < AppliedStore.MOST + 2; i++) {
            store.save(applied("rollout/r-" + i, 1, NOW.plusSeconds(i)));
          }
          return true;
        });

    assertThat(store.of(PLANTS))
        .hasSize(AppliedStore.MOST)
        .extracting(Applied::unit)
        .doesNotContain("rollout/r-0", "rollout/r-1")
        .contains("rollout/r-2");
  }

  @Test
  void aControllerThatDiesBeforeItIsNotedHasStartedNothing() {
    Rollouts rollouts = rollouts();
    Command apply = new Command.Apply(SomeApps.app("pump", "registry.example/pump:1", 502));
    Selection all = new Selection(List.of(), Map.of(), true);

    assertThatThrownBy(
            () ->
                rollouts.start(
                    apply,
                    all,
                    false,
                    NOW,
                    started -> {
                      store.save(applied("app/pump", 1, NOW));
                      throw new IllegalStateException("power cut");
                    }))
        .hasMessage("power cut");
    assertThat(rollouts.recent(Optional.empty(), 10)).isEmpty();
    assertThat(store.of(PLANTS)).isEmpty();

    rollouts.start(apply, all, false, NOW, started -> store.save(applied("app/pump", 1, NOW)));
    assertThat(rollouts.recent(Optional.empty(), 10)).hasSize(1);
    assertThat(store.of(PLANTS)).hasSize(1);
  }

  private Rollouts rollouts() {
    return SqlRollouts.on(database, new SqlAuditLog(database));
  }

  private static Applied applied(String unit, long counter, Instant at) {
    return new Applied(
        PLANTS,
        unit,
        "f".repeat(64),
        "c".repeat(40),
        PUMP,
        Optional.of(new ReleaseId(PUMP, counter)),
        at);
  }
}
