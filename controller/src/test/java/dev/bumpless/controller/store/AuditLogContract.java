package dev.bumpless.controller.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.bumpless.controller.audit.AuditLog;
import dev.bumpless.controller.audit.AuditRecord;
import dev.bumpless.controller.audit.ChainCheck;
import dev.bumpless.controller.audit.ChainHead;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is expected of an audit log, whatever database keeps it. */
abstract class AuditLogContract {
  private static final Instant NOW = Instant.parse("2026-11-25T10:00:00.123456Z");
  private final List<Database> open = new ArrayList<>();
  private Database database;
  private AuditLog log;

  /** The same database each time in one test, as another controller opens it. */
  abstract Database open() throws Exception;

  @BeforeEach
  final void openFirst() throws Exception {
    database = another();
    log = new SqlAuditLog(database);
  }

  @AfterEach
  final void closeAll() {
    open.forEach(Database::close);
  }

  @Test
  final void recordsAreReadAgainAsTheyWereWritten() {
    List<AuditRecord> written =
        List.of(log.append(entry("a")), log.append(entry("ü 語")), log.append(entry("c")));

    assertThat(written).extracting(AuditRecord::number).containsExactly(1L, 2L, 3L);
    assertThat(log.after(0, 10)).isEqualTo(written);
    assertThat(log.after(1, 1)).containsExactly(written.get(1));
    assertThat(log.recent(2)).containsExactly(written.get(2), written.get(1));
    assertThat(log.head()).isEqualTo(written.get(2).asHead());
    assertIntact(log, 3);
  }

  @Test
  final void anEndNamesTheRecordOfItsBegin() {
    AuditRecord begin = log.append(outcome("BEGUN", OptionalLong.empty()));
    AuditRecord end = log.append(outcome("OK", OptionalLong.of(begin.number())));
    AuditRecord another = AuditRecord.following(begin.asHead(), outcome("OK", OptionalLong.of(7)));
    AuditRecord none = AuditRecord.following(begin.asHead(), outcome("OK", OptionalLong.empty()));

    assertThat(log.after(0, 10)).containsExactly(begin, end);
    assertThat(List.of(end.hash(), another.hash(), none.hash())).doesNotHaveDuplicates();
    assertIntact(log, 2);
  }

  @Test
  final void anEmptyLogIsAChainToo() {
    assertThat(log.head()).isEqualTo(ChainHead.NONE);
    assertIntact(log, 0);
  }

  @Test
  final void severalControllersAppendAtOnceToOneChain() throws Exception {
    List<AuditLog> logs = List.of(log, new SqlAuditLog(another()));
    ExecutorService callers = Executors.newFixedThreadPool(8);
    List<CompletableFuture<Void>> appending = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      AuditLog one = logs.get(i % logs.size());
      AuditLog.Entry entry = entry("call " + i);
      appending.add(CompletableFuture.runAsync(() -> one.append(entry), callers));
    }
    appending.forEach(CompletableFuture::join);
    callers.shutdown();

    assertIntact(log, 200);
    assertThat(log.after(0, 500)).extracting(r -> r.entry().object()).doesNotHaveDuplicates();
  }

  @Test
  final void whatFailsHalfwayLeavesNoGap() {
    log.append(entry("kept"));

    assertThatThrownBy(
            () ->
                database.inTransaction(
                    () -> {
                      log.append(entry("lost"));
                      throw new IllegalStateException("power cut");
                    }))
        .hasMessage("power cut");

    assertThat(log.append(entry("next")).number()).isEqualTo(2);
    assertIntact(log, 2);
  }

  @Test
  final void theDatabaseRefusesToChangeOrRemoveARecord() {
    log.append(entry("a"));

    assertThatThrownBy(() -> database.write(h -> h.execute("DELETE FROM audit_record")))
        .hasMessageContaining("never removed");
    assertThatThrownBy(
            () -> database.write(h -> h.execute("UPDATE audit_record SET actor = 'nobody'")))
        .hasMessageContaining("never changed");
    assertThatThrownBy(() -> database.write(h -> h.execute("DELETE FROM audit_head")))
        .hasMessageContaining("never removed");
    assertIntact(log, 1);
  }

  final Database another() throws Exception {
    Database next = open();
    open.add(next);
    return next;
  }

  private static void assertIntact(AuditLog log, int count) {
    ChainCheck check = new ChainCheck(ChainHead.NONE, Optional.empty());
    List<AuditRecord> all = log.after(0, 1_000);
    assertThat(all).hasSize(count);
    assertThat(all).allSatisfy(record -> assertThat(check.next(record)).isEmpty());
    assertThat(check.end(log.head())).isEmpty();
  }

  private static AuditLog.Entry outcome(String outcome, OptionalLong begun) {
    return new AuditLog.Entry(
        NOW, "token", "127.0.0.1", "POST /api/v1/rollouts", "a", outcome, begun);
  }

  private static AuditLog.Entry entry(String object) {
    return new AuditLog.Entry(NOW, "token", "127.0.0.1", "POST /api/v1/rollouts", object, "OK");
  }
}
