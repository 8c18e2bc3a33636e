package dev.bumpless.agent.swap;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.bumpless.manifest.App;
import dev.bumpless.manifest.AppName;
import dev.bumpless.manifest.ProbePolicy;
import dev.bumpless.manifest.UpgradePolicy;
import dev.bumpless.manifest.UpgradePolicy.Strategy;
import dev.bumpless.protocol.Phase;
import dev.bumpless.protocol.Release;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The reconciler with its real threads, and an engine that hangs. */
@ExtendWith(QuietLogs.class)
class ReconcilerThreadsTest {
  private static final AppName STUCK = new AppName("stuck");
  private static final AppName FREE = new AppName("free");

  /** The wall clock, which a test may push forward. */
  private static final class PushedTicker implements Ticker {
    private final AtomicReference<Duration> push = new AtomicReference<>(Duration.ZERO);

    void push(Duration by) {
      push.updateAndGet(p -> p.plus(by));
    }

    @Override
    public void pause(Duration duration) {
      throw new AssertionError("nobody waits here");
    }

    @Override
    public Instant steady() {
      return Instant.now().plus(push.get());
    }

    @Override
    public Instant wall() {
      return steady();
    }
  }

  private final Object lock = new Object();
  private final CountDownLatch unstuck = new CountDownLatch(1);
  private final PushedTicker ticker = new PushedTicker();
  private final Calls calls = new Calls();
  private final FakeEngine engine = new FakeEngine(calls, ticker);
  private final FakeReporter reporter = new FakeReporter();
  private final Reconciler reconciler = new Reconciler(seams());

  ReconcilerThreadsTest() throws IOException {}

  private Seams seams() {
    FakeImages images = new FakeImages(calls, engine);
    return new Seams(
        oneAtATime(ContainerEngine.class, engine),
        oneAtATime(ImageStore.class, images),
        oneAtATime(RouteControl.class, new FakeRouter(calls, ticker, engine)),
        oneAtATime(HealthProbe.class, new FakeProbe(calls, engine, ticker)),
        oneAtATime(GapMeter.class, new FakeGapMeter()),
        oneAtATime(StateTransfer.class, new FakeTransfer(calls, ticker)),
        oneAtATime(Comparison.class, new FakeComparison(calls)),
        oneAtATime(Journal.class, new FakeJournal(calls)),
        reporter,
        new FakeLeases(ticker),
        ticker,
        "0.0.0.0");
  }

  /** The fakes know one thread; the hanging call hangs outside of the lock. */
  private <T> T oneAtATime(Class<T> seam, T fake) {
    return seam.cast(
        Proxy.newProxyInstance(
            seam.getClassLoader(),
            new Class<?>[] {seam},
            (proxy, method, arguments) -> {
              if (method.getName().equals("start")
                  && arguments[0] instanceof InstanceKey key
                  && key.app().equals(STUCK)) {
                hang();
              }
              synchronized (lock) {
                try {
                  return method.invoke(fake, arguments);
                } catch (InvocationTargetException e) {
                  throw e.getCause();
                }
              }
            }));
  }

  private void hang() throws EngineException {
    try {
      unstuck.await();
    } catch (InterruptedException e) {
      throw new EngineException(EngineException.Kind.TRANSIENT, "the engine hangs", e);
    }
  }

  @AfterEach
  void close() {
    unstuck.countDown();
    reconciler.close();
  }

  private static Release release(AppName name, int listen) {
    App app = Apps.app(name, 1, 1, Strategy.BLUE_GREEN, listen);
    App brisk =
        new App(
            name,
            app.containers(),
            app.ports(),
            app.health(),
            new ProbePolicy(
                Duration.ofMillis(100), Duration.ofMillis(100), 1, Duration.ofSeconds(60)),
            1,
            new UpgradePolicy(
                Strategy.BLUE_GREEN,
                UpgradePolicy.DEFAULT.overlap(),
                Duration.ofMillis(250),
                Duration.ofSeconds(1),
                Duration.ofMillis(200)),
            app.state(),
            app.waivers());
    return Apps.release(brisk, 1);
  }

  @Test
  void hangingCallHoldsUpNoOtherAppAndIsInterruptedAndTriedAgain() {
    Desired stuck = Apps.run(1, release(STUCK, 1880), 1);
    Desired free = Apps.run(2, release(FREE, 1881), 1);
    reconciler.accept(stuck);
    reconciler.accept(free);
    reconciler.start();

    await().atMost(20, SECONDS).until(() -> hasPhase(free, Phase.COMMITTED));
    await().atMost(20, SECONDS).until(() -> hasPhase(stuck, Phase.STARTING));

    ticker.push(Duration.ofMinutes(3));
    reconciler.changed();
    await().atMost(20, SECONDS).until(() -> said(stuck, "without an answer"));
    await()
        .atMost(20, SECONDS)
        .until(() -> said(stuck, "the engine hangs; backing off, try 2 at "));

    unstuck.countDown();
    await().atMost(20, SECONDS).until(() -> hasPhase(stuck, Phase.COMMITTED));
    assertThat(reconciler.reports()).hasSize(2);
  }

  @Test
  void closingInterruptsWhatHangs() {
    Desired stuck = Apps.run(1, release(STUCK, 1880), 1);
    reconciler.accept(stuck);
    reconciler.start();
    await().atMost(20, SECONDS).until(() -> hasPhase(stuck, Phase.STARTING));

    reconciler.close();

    await()
        .atMost(20, SECONDS)
        .until(
            () ->
                Thread.getAllStackTraces().keySet().stream()
                    .noneMatch(t -> t.getName().equals("reconciler")));
  }

  private boolean hasPhase(Desired desired, Phase phase) {
    return reporter.all().stream()
        .anyMatch(r -> r.order().equals(desired.order().id()) && r.phase() == phase);
  }

  private boolean said(Desired desired, String words) {
    return reporter.all().stream()
        .anyMatch(r -> r.order().equals(desired.order().id()) && r.message().contains(words));
  }
}
