package dev.bumpless.agent.swap;

import java.util.Collection;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** A step in a few words, for tables. */
final class StepWords implements StepRunner<String> {
  @Override
  public String pause(Step.Wait step) {
    return "wait";
  }

  @Override
  public String begin(Step.Begin step) {
    return "begin %s in %s, life %d"
        .formatted(step.swap().revision(), step.swap().to(), step.swap().lives());
  }

  @Override
  public String check(Step.Check step) {
    return "check %s for %d".formatted(step.release().id(), step.instances());
  }

  @Override
  public String pull(Step.Pull step) {
    return "pull";
  }

  @Override
  public String create(Step.Create step) {
    return "create " + step.instance().place() + " of " + step.revision();
  }

  @Override
  public String start(Step.Start step) {
    return "start " + step.instance().place();
  }

  @Override
  public String probe(Step.Probe step) {
    return "probe " + places(step.instances());
  }

  @Override
  public String define(Step.Define step) {
    return "define "
        + step.routes()
        + " to "
        + new TreeMap<>(step.targets())
            .entrySet().stream()
                .map(e -> e.getKey().place() + e.getValue())
                .collect(Collectors.joining(","));
  }

  @Override
  public String keepAlive(Step.KeepAlive step) {
    return (step.on() ? "keep alive " : "let die ") + step.instance().place();
  }

  @Override
  public String flip(Step.Switch step) {
    return "flip to " + places(step.serving()) + (step.isLast() ? " at last" : "");
  }

  @Override
  public String startBake(Step.StartBake step) {
    return "start bake";
  }

  @Override
  public String turnBack(Step.TurnBack step) {
    return "turn back to end %s%s"
        .formatted(step.why().ending(), step.isFailed() ? ", never again" : "");
  }

  @Override
  public String cut(Step.Cut step) {
    return "cut " + places(step.instances());
  }

  @Override
  public String stop(Step.Stop step) {
    return "stop " + step.instance().place();
  }

  @Override
  public String remove(Step.Remove step) {
    return "remove " + step.instance().place();
  }

  @Override
  public String removeRoutes(Step.RemoveRoutes step) {
    return "remove routes";
  }

  @Override
  public String settle(Step.Settle step) {
    return "settle " + step.entry().last().orElseThrow().phase();
  }

  @Override
  public String collectImages(Step.CollectImages step) {
    return "collect images";
  }

  private static String places(Collection<InstanceKey> keys) {
    return keys.isEmpty()
        ? "nobody"
        : keys.stream().map(InstanceKey::place).collect(Collectors.joining(","));
  }
}
