package dev.bumpless.agent.health;

import dev.bumpless.agent.swap.Comparison;
import dev.bumpless.agent.swap.StateTransfer;
import dev.bumpless.manifest.App;
import dev.bumpless.manifest.Compare;
import dev.bumpless.manifest.StatePolicy;
import java.time.Duration;

/** {@link Comparison} by Modbus reads and HTTP GETs on the bridge. Any thread. */
public final class ReadComparison implements Comparison {

  @Override
  public Round compare(
      App app, StateTransfer.Side old, StateTransfer.Side young, Duration timeout) {
    Findings findings = new Findings();
    app.state().stream()
        .filter(StatePolicy.Modbus.class::isInstance)
        .map(StatePolicy.Modbus.class::cast)
        .map(state -> ComparedValues.of(app, state))
        .forEach(values -> ValueComparison.run(values, old, young, timeout, findings));
    app.compare()
        .map(Compare::http)
        .ifPresent(
            documents ->
                documents.forEach(
                    document -> DocumentComparison.run(document, old, young, timeout, findings)));
    return findings.round();
  }
}
