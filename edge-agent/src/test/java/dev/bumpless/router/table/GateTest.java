package dev.bumpless.router.table;

import static dev.bumpless.router.table.Samples.BLUE;
import static dev.bumpless.router.table.Samples.GREEN;
import static org.assertj.core.api.Assertions.assertThat;

import dev.bumpless.router.table.Waiter.Refusal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class GateTest {
  private static final Duration LONG = Duration.ofMinutes(1);

  private final Feed blue = new Feed(Samples.record(1, BLUE), null);
  private final Gate gate = new Gate(blue);

  /** Remembers what it was told, and objects to being told twice. */
  private static class Request implements Waiter {
    private final List<Backend> tried = new ArrayList<>();
    private final int bytes;
    private boolean mayGoBack;
    private volatile Backend backend;
    private volatile Refusal refusal;

    Request(int bytes) {
      this.bytes = bytes;
    }

    Request() {
      this(100);
    }

    @Override
    public Endpoint route() {
      return Samples.HTTP;
    }

    @Override
    public boolean hasTried(Backend candidate) {
      return tried.contains(candidate);
    }

    @Override
    public boolean mayGoBack() {
      return mayGoBack;
    }

    @Override
    public int parkedBytes() {
      return bytes;
    }

    @Override
    public void claimed(Backend chosen) {
      assertThat(backend).isNull();
      assertThat(refusal).isNull();
      backend = chosen;
    }

    @Override
    public void refused(Refusal why) {
      assertThat(backend).isNull();
      assertThat(refusal).isNull();
      refusal = why;
    }

    boolean isParked() {
      return backend == null && refusal == null;
    }

    Instance at() {
      return backend == null ? null : backend.instance();
    }
  }

  private Request ask() {
    Request request = new Request();
    gate.claim(request);
    return request;
  }

  private Hold hold() {
    return gate.hold("t", this, LONG);
  }

  private void flipTo(Instance serving) {
    assertThat(gate.startCommit("t")).isTrue();
    gate.finishCommit(new Feed(next(serving), gate.view().feed()));
  }

  private AppRecord next(Instance... serving) {
    return gate.view().feed().app().flipped(Samples.set(serving));
  }

  @Test
  void requests_go_to_who_serves_and_are_counted_there() {
    Request request = ask();
    assertThat(request.at()).isEqualTo(BLUE);
    assertThat(request.backend.underway()).isEqualTo(1);
    request.backend.finished();
    assertThat(request.backend.underway()).isZero();
  }

  @Test
  void what_is_parked_goes_to_the_new_set_when_the_flip_was_applied() {
    Hold hold = hold();
    Request before = ask();
    flipTo(GREEN);
    Request after = ask();
    assertThat(before.isParked()).isTrue();
    assertThat(after.isParked()).isTrue();
    gate.end(hold, Ended.Cause.RELEASED);
    assertThat(before.at()).isEqualTo(GREEN);
    assertThat(after.at()).isEqualTo(GREEN);
    assertThat(ask().at()).isEqualTo(GREEN);
  }

  @Test
  void what_is_parked_goes_to_the_old_set_when_the_hold_ends_without_a_flip() {
    Hold hold = hold();
    Request parked = ask();
    gate.end(hold, Ended.Cause.EXPIRED);
    assertThat(parked.at()).isEqualTo(BLUE);
    assertThat(gate.startCommit("t")).isFalse();
  }

  @Test
  void a_hold_that_ends_while_a_flip_is_being_written_ends_after_it() {
    Hold hold = hold();
    Request parked = ask();
    assertThat(gate.startCommit("t")).isTrue();
    gate.end(hold, Ended.Cause.EXPIRED);
    assertThat(parked.isParked()).isTrue();
    gate.finishCommit(new Feed(next(GREEN), blue));
    assertThat(parked.at()).isEqualTo(GREEN);
    assertThat(gate.view().hold()).isNull();
  }

  @Test
  void a_flip_that_could_not_be_written_leaves_the_hold_and_the_old_set() {
    Hold hold = hold();
    Request parked = ask();
    assertThat(gate.startCommit("t")).isTrue();
    gate.finishCommit(null);
    gate.end(hold, Ended.Cause.RELEASED);
    assertThat(parked.at()).isEqualTo(BLUE);
  }

  @Test
  void a_flip_needs_its_token_its_time_and_the_generation_that_was_held() {
    assertThat(gate.startCommit("t")).as("without a hold").isFalse();
    Hold hold = hold();
    assertThat(gate.startCommit("other")).as("with another token").isFalse();
    gate.assign(
        new Feed(gate.view().feed().app().redefined(Samples.routes(), Samples.targets()), blue));
    assertThat(gate.startCommit("t")).as("after the record was changed").isFalse();
    gate.end(hold, Ended.Cause.RELEASED);
    assertThat(gate.hold("u", this, Duration.ofNanos(1))).isNotNull();
    assertThat(gate.startCommit("u")).as("at its limit, though no timer came").isFalse();
  }

  @Test
  void one_hold_at_a_time_and_an_old_one_does_not_end_a_new_one() {
    Hold first = hold();
    assertThat(gate.hold("second", this, LONG)).isNull();
    gate.end(first, Ended.Cause.RELEASED);
    gate.hold("third", this, LONG);
    gate.end(first, Ended.Cause.EXPIRED);
    assertThat(gate.view().hold()).isNotNull();
  }

  @Test
  void no_more_is_parked_than_the_limits_say() {
    Hold hold = hold();
    for (int i = 0; i < Hold.MOST_PARKED; i++) {
      assertThat(ask().isParked()).isTrue();
    }
    assertThat(ask().refusal).isEqualTo(Refusal.TOO_MANY_PARKED);
    gate.end(hold, Ended.Cause.RELEASED);
    hold = hold();
    Request large = new Request(Hold.MOST_PARKED_BYTES);
    gate.claim(large);
    assertThat(large.isParked()).isTrue();
    assertThat(ask().refusal).isEqualTo(Refusal.TOO_MANY_PARKED);
    gate.end(hold, Ended.Cause.RELEASED);
    assertThat(large.at()).isEqualTo(BLUE);
  }

  @Test
  void nobody_serves_and_all_tried_are_told_apart() {
    Request again = new Request();
    again.tried.add(ask().backend);
    gate.claim(again);
    assertThat(again.refusal).isEqualTo(Refusal.ALL_TRIED);
    gate.assign(new Feed(next(), blue));
    assertThat(ask().refusal).isEqualTo(Refusal.NOBODY_SERVES);
  }

  @Test
  void when_who_serves_fails_what_may_goes_back_to_the_one_before_until_it_is_defined_away() {
    hold();
    flipTo(GREEN);
    gate.end(gate.view().hold(), Ended.Cause.RELEASED);
    Request again = new Request();
    again.tried.add(ask().backend);
    again.mayGoBack = true;
    gate.claim(again);
    assertThat(again.at()).isEqualTo(BLUE);

    var without = Samples.targets();
    without.remove(BLUE);
    AppRecord record = gate.view().feed().app().redefined(Samples.routes(), without);
    gate.assign(new Feed(record, gate.view().feed()));
    again.backend = null;
    gate.claim(again);
    assertThat(again.refusal).isEqualTo(Refusal.ALL_TRIED);
  }

  @Test
  void load_is_shared_over_those_that_serve() {
    gate.assign(new Feed(next(BLUE, GREEN), blue));
    List<Request> requests = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      requests.add(ask());
    }
    assertThat(requests.stream().filter(r -> r.at().equals(BLUE))).hasSize(5);
  }

  @Test
  void a_backend_whose_target_changed_starts_to_count_anew_and_others_go_on() {
    Request request = ask();
    var moved = Samples.targets();
    moved.put(GREEN, Samples.target(9));
    AppRecord record = blue.app().redefined(Samples.routes(), moved);
    Feed next = new Feed(record, blue);
    assertThat(next.backends()).contains(request.backend);
    assertThat(next.backends())
        .filteredOn(b -> b.instance().equals(GREEN))
        .noneMatch(blue.backends()::contains);
  }

  /** The argument of the gate, tried: after a flip nobody new appears at the old backend. */
  @Test
  void under_random_claims_and_flips_a_drained_backend_is_never_claimed_again() throws Exception {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    AtomicBoolean stop = new AtomicBoolean();
    AtomicInteger answered = new AtomicInteger();
    AtomicInteger asked = new AtomicInteger();
    ExecutorService threads = Executors.newFixedThreadPool(3);
    List<Future<?>> clients = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      clients.add(threads.submit(() -> askUntil(stop, asked, answered)));
    }
    for (int flip = 0; flip < 300; flip++) {
      Instance to = random.nextBoolean() ? BLUE : GREEN;
      Hold hold = hold();
      flipTo(to);
      gate.end(hold, random.nextBoolean() ? Ended.Cause.RELEASED : Ended.Cause.EXPIRED);
      Backend old = backend(to.equals(BLUE) ? GREEN : BLUE);
      while (old.underway() > 0) {
        Thread.onSpinWait();
      }
      for (int look = 0; look < 50; look++) {
        assertThat(old.underway()).as("seed %d, flip %d", seed, flip).isZero();
      }
    }
    stop.set(true);
    for (Future<?> client : clients) {
      client.get();
    }
    threads.shutdown();
    assertThat(answered.get()).isEqualTo(asked.get()).isPositive();
  }

  private Backend backend(Instance instance) {
    return gate.view().feed().backends().stream()
        .filter(b -> b.instance().equals(instance))
        .findFirst()
        .orElseThrow();
  }

  private void askUntil(AtomicBoolean stop, AtomicInteger asked, AtomicInteger answered) {
    while (!stop.get()) {
      Request request = new Request();
      asked.incrementAndGet();
      gate.claim(request);
      while (request.isParked()) {
        Thread.onSpinWait();
      }
      if (request.backend != null) {
        request.backend.finished();
        answered.incrementAndGet();
      }
    }
  }

  @Test
  void who_leaves_while_parked_is_told_of_nothing_and_makes_room() {
    Hold hold = gate.hold("t", this, LONG);
    List<Request> all = new ArrayList<>();
    for (int i = 0; i < Hold.MOST_PARKED; i++) {
      all.add(new Request());
      gate.claim(all.get(i));
    }
    Request beyond = new Request();
    gate.claim(beyond);
    assertThat(beyond.refusal).isEqualTo(Refusal.TOO_MANY_PARKED);
    gate.leave(all.get(0));
    gate.leave(all.get(0));
    Request next = new Request();
    gate.claim(next);
    assertThat(next.refusal).isNull();
    assertThat(hold).isNotNull();
    gate.end(hold, Ended.Cause.RELEASED);
    assertThat(all.get(0).backend).isNull();
    assertThat(all.get(0).refusal).isNull();
    assertThat(next.backend).isNotNull();
    gate.leave(next);
  }
}
