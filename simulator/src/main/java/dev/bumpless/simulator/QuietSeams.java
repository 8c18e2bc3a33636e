package dev.bumpless.simulator;

import dev.bumpless.agent.swap.Comparison;
import dev.bumpless.agent.swap.GapMeter;
import dev.bumpless.agent.swap.Leases;
import dev.bumpless.agent.swap.StateTransfer;
import dev.bumpless.agent.swap.Ticker;
import dev.bumpless.manifest.App;
import dev.bumpless.manifest.AppName;
import dev.bumpless.manifest.Hook;
import dev.bumpless.manifest.StatePolicy;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/** What a simulated device has in place of the seams on which nothing happens. */
final class QuietSeams {
  private QuietSeams() {}

  /** A gap of 3 ms, whatever happens. */
  static final class Gaps implements GapMeter {
    @Override
    public Measurement start(App app) {
      return new Measurement() {
        @Override
        public Duration longestGap() {
          return Duration.ofMillis(3);
        }

        @Override
        public int failures() {
          return 0;
        }

        @Override
        public void close() {
          // nothing runs
        }
      };
    }
  }

  /** Carries nothing, at once. */
  static final class Transfers implements StateTransfer {
    @Override
    public Duration rehearse(StatePolicy state, Side from, Side to, Duration limit) {
      return Duration.ofMillis(1);
    }

    @Override
    public void bring(StatePolicy state, Side from, Side to, Duration limit) {
      // there is none
    }

    @Override
    public void run(Hook hook, Side in, Duration limit) {
      // nobody runs it
    }

    @Override
    public void tidy(List<Side> sides) {
      // nothing is left
    }
  }

  /** Finds all alike. */
  static final class Alike implements Comparison {
    @Override
    public Round compare(
        App app, StateTransfer.Side old, StateTransfer.Side young, Duration timeout) {
      return new Round(1, List.of());
    }
  }

  /** Nobody asks for one. */
  static final class NoLeases implements Leases {
    @Override
    public Optional<Lease> on(AppName app) {
      return Optional.empty();
    }

    @Override
    public boolean close(AppName app, boolean evenSo) {
      return true;
    }

    @Override
    public void open(AppName app) {
      // it is
    }
  }

  /** The machine's clocks. */
  static final class MachineTicker implements Ticker {
    private final Clock wall = Clock.systemUTC();
    private final Instant began = wall.instant();
    private final long beganNanos = System.nanoTime();

    @Override
    public Instant steady() {
      return began.plusNanos(System.nanoTime() - beganNanos);
    }

    @Override
    public void pause(Duration duration) {
      LockSupport.parkNanos(duration.toNanos());
    }

    @Override
    public Instant wall() {
      return wall.instant();
    }
  }
}
