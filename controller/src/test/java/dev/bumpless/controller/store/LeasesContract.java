package dev.bumpless.controller.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.bumpless.controller.lease.Lease;
import dev.bumpless.controller.lease.Leases;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is expected of leases, whatever database keeps them. */
abstract class LeasesContract {
  private static final Duration LONG = Duration.ofMinutes(5);
  private static final Duration SHORT = Duration.ofMillis(300);

  private final List<Database> open = new ArrayList<>();
  private Leases leases;

  /** The same database each time in one test, as another controller opens it. */
  abstract Database open() throws Exception;

  @BeforeEach
  final void openFirst() throws Exception {
    leases = new SqlLeases(another());
  }

  @AfterEach
  final void closeAll() {
    open.forEach(Database::close);
  }

  @Test
  final void oneHoldsItAndNobodyElse() throws Exception {
    Leases others = new SqlLeases(another());
    Lease mine = leases.take("rollout/1", "a", LONG).orElseThrow();

    assertThat(others.take("rollout/1", "b", LONG)).isEmpty();
    assertThat(others.take("rollout/2", "b", LONG)).contains(new Lease("rollout/2", "b", 1));
    assertThat(others.isHeld(mine)).isTrue();
  }

  @Test
  final void whoeverRenewsItKeepsItsTerm() {
    Lease first = leases.take("work", "a", LONG).orElseThrow();

    assertThat(leases.take("work", "a", LONG)).contains(first);
  }

  @Test
  final void anotherTakesItOverWhenItWasNotRenewedAndTheOldOneIsToldApart() {
    Lease old = leases.take("work", "a", SHORT).orElseThrow();

    await().until(() -> leases.take("work", "b", LONG).isPresent());

    assertThat(leases.isHeld(old)).isFalse();
    assertThat(leases.take("work", "a", LONG)).isEmpty();
    leases.release(old);
    assertThat(leases.isHeld(new Lease("work", "b", 2))).isTrue();
  }

  @Test
  final void whoeverLetItLapseAndTakesItAgainHasANewTerm() {
    Lease old = leases.take("work", "a", SHORT).orElseThrow();
    await().until(() -> !leases.isHeld(old));

    assertThat(leases.take("work", "a", LONG)).contains(new Lease("work", "a", 2));
    assertThat(leases.isHeld(old)).isFalse();
  }

  @Test
  final void oneThatWasGivenBackIsTakenAtOnce() {
    Lease mine = leases.take("work", "a", LONG).orElseThrow();

    leases.release(mine);

    assertThat(leases.isHeld(mine)).isFalse();
    assertThat(leases.take("work", "b", LONG)).contains(new Lease("work", "b", 2));
  }

  @Test
  final void ofManyThatAskAtOnceOneGetsIt() throws Exception {
    List<Leases> controllers = List.of(leases, new SqlLeases(another()));
    ExecutorService threads = Executors.newFixedThreadPool(16);
    List<CompletableFuture<Optional<Lease>>> asking =
        IntStream.range(0, 32)
            .mapToObj(
                i ->
                    CompletableFuture.supplyAsync(
                        () -> controllers.get(i % 2).take("work", "owner " + i, LONG), threads))
            .toList();

    assertThat(asking.stream().map(CompletableFuture::join).filter(Optional::isPresent)).hasSize(1);
    threads.shutdown();
  }

  @Test
  final void workThatBeganWithTheQuestionIsNeverDoneByTwo() throws Exception {
    Database first = another();
    Leases mine = new SqlLeases(first);
    CountDownLatch isInside = new CountDownLatch(1);
    AtomicBoolean isDone = new AtomicBoolean();
    Lease lease = mine.take("work", "a", SHORT).orElseThrow();
    CompletableFuture<Boolean> work =
        CompletableFuture.supplyAsync(
            () ->
                first.inTransaction(
                    () -> {
                      boolean held = mine.isHeld(lease);
                      isInside.countDown();
                      await().until(() -> lapsed(first, lease));
                      isDone.set(true);
                      return held;
                    }));
    isInside.await();

    await().until(() -> leases.take("work", "b", LONG).isPresent());

    assertThat(isDone).as("taken over before the work was done").isTrue();
    assertThat(work.join()).isTrue();
  }

  private static boolean lapsed(Database database, Lease lease) {
    String now = database.dialect().nowMillis();
    return database.read(
        h ->
            h.createQuery("SELECT until <= " + now + " FROM lease WHERE name = ?")
                .bind(0, lease.name())
                .mapTo(Boolean.class)
                .one());
  }

  private Database another() throws Exception {
    Database next = open();
    open.add(next);
    return next;
  }
}
