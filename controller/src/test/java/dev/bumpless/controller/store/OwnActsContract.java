package dev.bumpless.controller.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bumpless.controller.SomeApps;
import dev.bumpless.controller.audit.AuditLog;
import dev.bumpless.controller.audit.AuditRecord;
import dev.bumpless.controller.audit.ChainHead;
import dev.bumpless.controller.rollout.Course;
import dev.bumpless.controller.rollout.Rollout;
import dev.bumpless.controller.rollout.Rollouts;
import dev.bumpless.controller.rollout.WaveRequest;
import dev.bumpless.manifest.RolloutParser;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** That no kill parts what the controller does by itself from the record of it. */
abstract class OwnActsContract {
  private static final Instant NOW = Instant.parse("2026-11-25T10:00:00Z");
  private static final Instant PAST_THE_DEADLINE = NOW.plus(Duration.ofMinutes(10));

  private Database database;
  private SqlAuditLog audit;
  private Rollout rollout;

  /** Opens the test's own database. */
  abstract Database openDatabase() throws Exception;

  /** One device of a rollout, which will never answer. */
  @BeforeEach
  void start() throws Exception {
    database = openDatabase();
    audit = new SqlAuditLog(database);
    String manifest =
        """
        apiVersion: bumpless.dev/v1
        kind: Rollout
        name: pump-1
        app: pump.yaml
        target: { all: true }
        deadline: 5m
        """;
    WaveRequest request =
        new WaveRequest(
            RolloutParser.parse(manifest, "r.yaml"),
            Optional.of(SomeApps.app("pump", "registry.example/pump:1", 502)),
            false);
    rollout = rollouts(audit).waves().start(request, NOW);
  }

  @AfterEach
  void close() {
    database.close();
  }

  @Test
  void anEndAndItsRecordAreKeptTogether() {
    rollouts(audit).waves().tick(PAST_THE_DEADLINE);

    assertThat(state()).isEqualTo(Course.State.FINISHED);
    assertThat(audit.after(0, 10))
        .extracting(r -> r.entry().actor() + " " + r.entry().action())
        .containsExactly("controller FINISH");
  }

  @Test
  void aKillBeforeTheRecordIsKeptLeavesNoEnd() {
    AuditLog dying = new DyingLog(audit, false);

    assertThatThrownBy(() -> rollouts(dying).waves().tick(PAST_THE_DEADLINE))
        .hasMessage("power cut");

    assertThat(state()).isEqualTo(Course.State.RUNNING);
    assertThat(audit.head()).isEqualTo(ChainHead.NONE);
  }

  @Test
  void aKillAfterItIsWrittenAndBeforeTheEndOfTheStepLeavesNeither() {
    AuditLog dying = new DyingLog(audit, true);

    assertThatThrownBy(() -> rollouts(dying).waves().tick(PAST_THE_DEADLINE))
        .hasMessage("power cut");

    assertThat(state()).isEqualTo(Course.State.RUNNING);
    assertThat(audit.head()).isEqualTo(ChainHead.NONE);
  }

  private Course.State state() {
    return rollouts(audit).waves().require(rollout.id().toString()).course().orElseThrow().state();
  }

  private Rollouts rollouts(AuditLog log) {
    return SqlRollouts.on(database, log);
  }

  /** Fails before it has written, or after. */
  private record DyingLog(AuditLog log, boolean writes) implements AuditLog {
    @Override
    public AuditRecord append(Entry entry) {
      if (writes) {
        log.append(entry);
      }
      throw new IllegalStateException("power cut");
    }

    @Override
    public List<AuditRecord> recent(int limit) {
      return log.recent(limit);
    }

    @Override
    public List<AuditRecord> after(long number, int limit) {
      return log.after(number, limit);
    }

    @Override
    public ChainHead head() {
      return log.head();
    }
  }
}
