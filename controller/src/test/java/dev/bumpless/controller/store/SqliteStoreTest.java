package dev.bumpless.controller.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteStoreTest extends StoreContract {
  @TempDir private Path folder;
  private Database database;

  @Override
  Stores open() {
    database = Database.open(folder.resolve("controller.db"));
    return stores();
  }

  @AfterEach
  void close() {
    database.close();
  }

  @Test
  void countersAndSequencesGoOnAfterAStop() {
    stores().orders().nextSequence(ONE);
    stores().releases().nextCounter(PUMP);
    database.close();
    database = Database.open(folder.resolve("controller.db"));

    assertThat(stores().orders().nextSequence(ONE)).isEqualTo(2);
    assertThat(stores().releases().nextCounter(PUMP)).isEqualTo(2);
  }

  @Test
  void whatFailsHalfwayLeavesNothing() {
    Stores stores = stores();

    assertThatThrownBy(
            () ->
                stores
                    .orders()
                    .inTransaction(
                        () -> {
                          stores.orders().nextSequence(ONE);
                          throw new IllegalStateException("power cut");
                        }))
        .hasMessage("power cut");

    assertThat(stores.orders().nextSequence(ONE)).isEqualTo(1);
  }

  @Test
  void manyThreadsNeverGetTheSameSequence() {
    Stores stores = stores();
    List<CompletableFuture<Long>> all =
        IntStream.range(0, 64)
            .mapToObj(i -> CompletableFuture.supplyAsync(() -> stores.orders().nextSequence(ONE)))
            .toList();

    assertThat(all.stream().map(CompletableFuture::join)).doesNotHaveDuplicates().hasSize(64);
  }

  @Test
  void everyCommitIsSynced() {
    assertThat(
            database.<Integer>read(
                h -> h.createQuery("PRAGMA synchronous").mapTo(Integer.class).one()))
        .as("2 is FULL")
        .isEqualTo(2);
    assertThat(
            database.<String>read(
                h -> h.createQuery("PRAGMA journal_mode").mapTo(String.class).one()))
        .isEqualTo("wal");
  }

  private Stores stores() {
    RecordText records = new RecordText(codec);
    return new Stores(
        new SqlFleetStore(database, records),
        new SqlReleaseStore(database, records),
        new SqlRolloutStore(database, records),
        new SqlOrderStore(database, records));
  }
}
