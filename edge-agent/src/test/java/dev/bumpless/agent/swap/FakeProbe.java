package dev.bumpless.agent.swap;

import dev.bumpless.manifest.HealthCheck;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Answers as the containers of a {@link FakeEngine} behave, and remembers who passed. */
public final class FakeProbe implements HealthProbe {
  private final Calls calls;
  private final FakeEngine engine;
  private final Ticker ticker;
  private final Map<String, Integer> passesInARow = new HashMap<>();

  public FakeProbe(Calls calls, FakeEngine engine, Ticker ticker) {
    this.calls = calls;
    this.engine = engine;
    this.ticker = ticker;
  }

  @Override
  public Result probe(HealthCheck check, ObservedContainer container, Duration timeout) {
    return calls.call(
        "probe " + container.instance().place(),
        failure -> new IllegalStateException("a probe never throws"),
        () -> {
          Result result = answer(container);
          String asked = life(container.instance()) + check;
          passesInARow.merge(asked, 1, (a, b) -> result.passed() ? a + b : 0);
          if (!result.passed()) {
            passesInARow.put(asked, 0);
          }
          return result;
        });
  }

  private Result answer(ObservedContainer container) {
    Optional<ObservedContainer> now =
        engine.observed().stream().filter(c -> c.id().equals(container.id())).findFirst();
    if (now.filter(ObservedContainer::isRunning).isEmpty()) {
      return new Result(false, "connection refused");
    }
    boolean isUp =
        engine
            .behaviour(container.revision())
            .healthyAfter()
            .filter(d -> !ticker.steady().isBefore(now.get().startedAt().plus(d)))
            .isPresent();
    return isUp ? new Result(true, "GET / answered 200") : new Result(false, "GET / answered 500");
  }

  /** How often in a row that check passed since any container of the instance was started last. */
  public int passes(HealthCheck check, InstanceKey instance) {
    return passesInARow.getOrDefault(life(instance) + check, 0);
  }

  private String life(InstanceKey instance) {
    return engine.observed().stream()
        .filter(c -> c.instance().equals(instance))
        .map(c -> c.id() + c.startedAt() + c.restarts())
        .toList()
        .toString();
  }
}
