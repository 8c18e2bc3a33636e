package dev.bumpless.agent.swap;

import dev.bumpless.protocol.Phase;
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
  public String arrive(Step.Arrive step) {
    return "arrive";
  }

  @Override
  public String pass(Step.Pass step) {
    return step.evenSo() ? "pass even so" : "pass";
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
  public String copy(Step.Copy step) {
    return "copy %s to %s by %s".formatted(step.from().place(), step.to().place(), step.route());
  }

  @Override
  public String rehearse(Step.Rehearse step) {
    return "rehearse state %d from %s to %s"
        .formatted(step.place(), step.from().place(), step.to().place());
  }

  @Override
  public String compare(Step.Compare step) {
    return "compare %s with %s".formatted(step.young().place(), step.old().place());
  }

  @Override
  public String weigh(Step.Weigh step) {
    return "weigh";
  }

  @Override
  public String promote(Step.Promote step) {
    return "promote " + step.instance().place();
  }

  @Override
  public String keepAlive(Step.KeepAlive step) {
    return (step.on() ? "keep alive " : "let die ") + step.instance().place();
  }

  @Override
  public String flip(Step.Switch step) {
    return "flip to "
        + places(step.serving())
        + (step.isLast() ? " at last" : "")
        + (step.inside().isEmpty()
            ? ""
            : step.inside().stream()
                .map(StepWords::inside)
                .collect(Collectors.joining(", ", ", inside: ", "")))
        + step.swap()
            .flatMap(Swap::back)
            .filter(b -> b.ending() == Phase.INCONSISTENT)
            .map(b -> ", telling of a loss")
            .orElse("");
  }

  private static String inside(HeldStep step) {
    if (step instanceof HeldStep.Quiet s) {
      return "quiet " + s.instance().place();
    } else if (step instanceof HeldStep.Demote s) {
      return "demote " + s.instance().place();
    } else if (step instanceof HeldStep.Bring s) {
      return "bring %s to %s".formatted(s.from().place(), s.to().place());
    } else if (step instanceof HeldStep.Promote s) {
      return "promote " + s.instance().place();
    } else if (step instanceof HeldStep.Stop s) {
      return "stop " + s.instance().place();
    } else if (step instanceof HeldStep.Start s) {
      return "start " + s.instance().place();
    } else if (step instanceof HeldStep.IfPossible s) {
      return inside(s.step()) + " if possible";
    }
    return "sync";
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
