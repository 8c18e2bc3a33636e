package dev.bumpless.ledger;

import dev.bumpless.ledger.LedgerReport.Incident;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A run of load, from {@link #start} to {@link #stop}. Any thread may call. One thread of its own
 * makes the load.
 */
public final class Ledger implements AutoCloseable {
  private static final int MOST_INCIDENTS = 50;
  private static final int BURST = 4;
  private static final long POLL_NANOS = 20_000_000;

  private final Instant startedAt = Instant.now();
  private final Loop loop = new Loop();
  private final Options options;
  private final Session session;
  private final Map<Shape, Account> accounts = new EnumMap<>(Shape.class);
  private final List<Incident> incidents = new ArrayList<>();
  private final Series lags = new Series();
  private boolean stopping;

  private Ledger(Options options) {
    this.options = options;
    this.session = new Session(loop, options, new Versions(options.version()));
  }

  /** Begins with the load that {@code options} tells. */
  public static Ledger start(Options options) {
    Ledger ledger = new Ledger(options);
    ledger.loop.execute(ledger::begin);
    return ledger;
  }

  private void begin() {
    long start = loop.now();
    options
        .rates()
        .forEach(
            (shape, rate) -> {
              Account account = new Account(shape, loop, this::note);
              accounts.put(shape, account);
              int burst = shape == Shape.PIPELINED ? BURST : 1;
              long offset = accounts.size() * 1_300_000L;
              new Pace(client(shape, rate, account), burst, rate, start + offset).next();
            });
  }

  private Client client(Shape shape, double rate, Account account) {
    double idleSeconds = options.idleFor().toMillis() / 1e3;
    return switch (shape) {
      case NEW -> GetClient.onNewConnections(session, account);
      case KEEPALIVE -> GetClient.onKeptConnections(session, account, 8);
      case IDLE ->
          GetClient.onKeptConnections(
              session, account, Math.max(1, (int) Math.ceil(rate * idleSeconds)));
      case PIPELINED -> GetClient.pipelined(session, account, BURST, 2);
      case SLOW -> PostClient.slow(session, account);
      case CHUNKED -> PostClient.chunked(session, account, 8);
      case WEBSOCKET -> new WebSocketClient(session, account, 4);
      case TCP -> new TcpClient(session, account);
    };
  }

  private void note(Incident incident) {
    if (incidents.size() < MOST_INCIDENTS) {
      incidents.add(incident);
    }
  }

  /** The ledger so far; load goes on. */
  public LedgerReport snapshot() {
    return ask(this::report, Duration.ofSeconds(30));
  }

  /**
   * Sends nothing new, waits for what is under way, for at most the time after which it is lost
   * anyway, and closes the book. To be called once.
   */
  public LedgerReport stop() {
    CompletableFuture<LedgerReport> closed = new CompletableFuture<>();
    loop.execute(
        () -> {
          stopping = true;
          settle(closed);
        });
    Duration longest = options.timeout().plus(options.slowFor()).plusSeconds(30);
    LedgerReport report = await(closed, longest);
    loop.close();
    return report;
  }

  private void settle(CompletableFuture<LedgerReport> closed) {
    if (accounts.values().stream().allMatch(a -> a.open() == 0)) {
      closed.complete(report());
    } else {
      loop.at(loop.now() + POLL_NANOS, () -> settle(closed));
    }
  }

  @Override
  public void close() {
    loop.close();
  }

  private LedgerReport report() {
    Series.Percentiles lag = lags.percentiles();
    return new LedgerReport(
        startedAt,
        loop.elapsedMs(loop.now()),
        lag.p99Ms(),
        lag.maxMs(),
        accounts.values().stream().map(Account::report).toList(),
        session.versions().report(),
        List.copyOf(incidents));
  }

  private <T> T ask(java.util.function.Supplier<T> question, Duration within) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    loop.execute(() -> answer.complete(question.get()));
    return await(answer, within);
  }

  private <T> T await(CompletableFuture<T> answer, Duration within) {
    try {
      return answer.get(within.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while the ledger was closing", e);
    } catch (ExecutionException | TimeoutException e) {
      loop.bug().ifPresent(e::addSuppressed);
      throw new IllegalStateException("the ledger did not close within " + within, e);
    }
  }

  /** The schedule of one shape. */
  private final class Pace {
    private final Client client;
    private final int burst;
    private final double nanosBetween;
    private final long start;
    private long ticks;

    Pace(Client client, int burst, double rate, long start) {
      this.client = client;
      this.burst = burst;
      this.nanosBetween = burst * 1e9 / rate;
      this.start = start;
    }

    void next() {
      long due = start + (long) (ticks++ * nanosBetween);
      loop.at(due, () -> tick(due));
    }

    private void tick(long due) {
      if (stopping) {
        return;
      }
      lags.add(loop.now() - due);
      for (int i = 0; i < burst; i++) {
        client.fire(due);
      }
      next();
    }
  }
}
