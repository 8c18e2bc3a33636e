package dev.bumpless.agent.swap;

import dev.bumpless.manifest.Hook;
import dev.bumpless.manifest.StatePolicy;
import java.time.Duration;
import java.util.List;

/** Carries nothing, in as much of the fake clock as a test says. */
public final class FakeTransfer implements StateTransfer {
  private final Calls calls;
  private final FakeTicker ticker;
  private Duration takes = Duration.ofMillis(10);

  public FakeTransfer(Calls calls, Ticker ticker) {
    this.calls = calls;
    this.ticker = ticker instanceof FakeTicker fake ? fake : new FakeTicker();
  }

  /** How long every transfer and hook takes from now on. */
  public void takes(Duration newer) {
    takes = newer;
  }

  @Override
  public Duration rehearse(StatePolicy state, Side from, Side to, Duration limit)
      throws TransferException {
    return calls.call("transfer.rehearse", FakeTransfer::failure, () -> takes);
  }

  @Override
  public void bring(StatePolicy state, Side from, Side to, Duration limit)
      throws TransferException {
    work("transfer.bring " + to.instance().place(), limit);
  }

  @Override
  public void run(Hook hook, Side in, Duration limit) throws TransferException {
    work("transfer.run " + in.instance().place() + " " + hook.exec().get(0), limit);
  }

  private void work(String what, Duration limit) throws TransferException {
    calls.call(
        what,
        FakeTransfer::failure,
        () -> {
          ticker.advance(takes.compareTo(limit) < 0 ? takes : limit);
          if (takes.compareTo(limit) > 0) {
            throw new TransferException(what + " has not ended within " + limit.toMillis() + " ms");
          }
          return null;
        });
  }

  @Override
  public void tidy(List<Side> sides) throws TransferException {
    calls.call("transfer.tidy", FakeTransfer::failure, () -> null);
  }

  private static TransferException failure(Calls.Failure failure) {
    return new TransferException(failure.message());
  }
}
