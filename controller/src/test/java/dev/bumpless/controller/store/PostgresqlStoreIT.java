package dev.bumpless.controller.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The stores' contract on PostgreSQL, and what only a server that several use can do. */
@Timeout(120)
class PostgresqlStoreIT extends StoreContract {
  @RegisterExtension static final PostgresqlServer SERVER = new PostgresqlServer();

  private final List<Database> open = new ArrayList<>();
  private PostgresqlAddress address;

  @Override
  Stores open() {
    try {
      address = SERVER.fresh();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    return stores(another());
  }

  @AfterEach
  void closeAll() {
    open.forEach(Database::close);
  }

  @Test
  void countersAndSequencesGoOnWithTheNextController() {
    Stores first = stores(another());
    first.orders().nextSequence(ONE);
    first.releases().nextCounter(PUMP);

    Stores second = stores(another());
    assertThat(second.orders().nextSequence(ONE)).isEqualTo(2);
    assertThat(second.releases().nextCounter(PUMP)).isEqualTo(2);
  }

  @Test
  void severalControllersNeverGetTheSameSequenceAndNeverDeadlock() {
    List<Stores> controllers = List.of(stores(another()), stores(another()), stores(another()));
    ExecutorService threads = Executors.newFixedThreadPool(12);
    List<CompletableFuture<Long>> all = new ArrayList<>();
    for (int i = 0; i < 240; i++) {
      Stores stores = controllers.get(i % controllers.size());
      boolean isForward = i % 2 == 0;
      all.add(
          CompletableFuture.supplyAsync(
              () ->
                  stores
                      .orders()
                      .inTransaction(
                          () -> {
                            // both, in either order: row locks alone would deadlock
                            stores.orders().nextSequence(isForward ? ONE : TWO);
                            stores.orders().nextSequence(isForward ? TWO : ONE);
                            return stores.releases().nextCounter(PUMP);
                          }),
              threads));
    }

    assertThat(all.stream().map(CompletableFuture::join)).doesNotHaveDuplicates().hasSize(240);
    assertThat(controllers.get(0).orders().nextSequence(ONE)).isEqualTo(241);
    threads.shutdown();
  }

  @Test
  void aControllerThatDiesAmidATransactionLeavesNothingAndKeepsNobodyWaiting() throws Exception {
    Database dying = another();
    Stores living = stores(another());
    CountDownLatch isInside = new CountDownLatch(1);
    CountDownLatch isDead = new CountDownLatch(1);
    CompletableFuture<Void> transaction =
        CompletableFuture.runAsync(
            () ->
                dying.inTransaction(
                    () -> {
                      long sequence = stores(dying).orders().nextSequence(ONE);
                      isInside.countDown();
                      join(isDead);
                      return sequence;
                    }));
    isInside.await();
    CompletableFuture<Long> waiting =
        CompletableFuture.supplyAsync(() -> living.orders().nextSequence(ONE));
    await().until(() -> waitingForTheWriter() == 1);

    SERVER.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE state = 'idle in transaction'"
            + " AND datname = '"
            + name()
            + "'");

    assertThat(waiting.get(5, TimeUnit.SECONDS)).isEqualTo(1);
    isDead.countDown();
    assertThatThrownBy(transaction::join).isNotNull();
  }

  @Test
  void aControllerThatHangsAmidATransactionIsThrownOut() throws Exception {
    Database hanging = another();
    Stores living = stores(another());
    CountDownLatch isInside = new CountDownLatch(1);
    CountDownLatch wakesUp = new CountDownLatch(1);
    CompletableFuture<Long> transaction =
        CompletableFuture.supplyAsync(
            () ->
                hanging.inTransaction(
                    () -> {
                      isInside.countDown();
                      join(wakesUp);
                      return stores(hanging).orders().nextSequence(ONE);
                    }));
    isInside.await();

    assertThat(
            CompletableFuture.supplyAsync(() -> living.orders().nextSequence(ONE))
                .get(25, TimeUnit.SECONDS))
        .isEqualTo(1);
    wakesUp.countDown();
    assertThatThrownBy(transaction::join).isNotNull();
    assertThat(living.orders().nextSequence(ONE)).isEqualTo(2);
  }

  @Test
  void aServerThatComesBackIsUsedAgain() throws Exception {
    Stores stores = stores(another());
    stores.orders().nextSequence(ONE);

    SERVER.kill();
    assertThatThrownBy(() -> stores.orders().nextSequence(ONE)).isNotNull();
    SERVER.begin();

    assertThat(stores.orders().nextSequence(ONE)).isEqualTo(2);
  }

  @Test
  void twoControllersThatStartAtOnceMigrateOnce() throws Exception {
    address = SERVER.fresh();
    List<CompletableFuture<Database>> opening =
        List.of(
            CompletableFuture.supplyAsync(() -> Database.open(address)),
            CompletableFuture.supplyAsync(() -> Database.open(address)));
    List<Database> both = opening.stream().map(CompletableFuture::join).toList();
    open.addAll(both);

    assertThat(stores(both.get(0)).orders().nextSequence(ONE)).isEqualTo(1);
    assertThat(stores(both.get(1)).orders().nextSequence(ONE)).isEqualTo(2);
  }

  @Test
  void aWrongPasswordIsToldAtTheStart() {
    PostgresqlAddress wrong =
        new PostgresqlAddress(address.url(), address.user(), Optional.of("wrong"));

    assertThatThrownBy(() -> Database.open(wrong))
        .hasStackTraceContaining("password authentication failed for user \"bumpless\"");
  }

  private int waitingForTheWriter() {
    return open.get(0)
        .<Integer>read(
            h ->
                h.createQuery(
                        "SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database"
                            + " WHERE locktype = 'advisory' AND NOT granted AND datname = ?")
                    .bind(0, name())
                    .mapTo(Integer.class)
                    .one());
  }

  private String name() {
    return address.url().substring(address.url().lastIndexOf('/') + 1);
  }

  private Database another() {
    Database next = Database.open(address);
    open.add(next);
    return next;
  }

  private static void join(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private Stores stores(Database database) {
    RecordText records = new RecordText(codec);
    return new Stores(
        new SqlFleetStore(database, records),
        new SqlReleaseStore(database, records),
        new SqlRolloutStore(database, records),
        new SqlOrderStore(database, records));
  }
}
