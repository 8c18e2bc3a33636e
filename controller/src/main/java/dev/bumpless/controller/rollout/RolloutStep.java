package dev.bumpless.controller.rollout;

/** What is to be done next for a rollout: the closed set. */
public sealed interface RolloutStep {

  void runWith(StepRunner runner);

  /** Make, sign and keep the order for this device; the link delivers it. */
  record IssueOrder(Target target) implements RolloutStep {
    @Override
    public void runWith(StepRunner runner) {
      runner.issue(this);
    }
  }

  /** A newer rollout of the app has this device; nothing more is expected of it here. */
  record Supersede(Target target) implements RolloutStep {
    @Override
    public void runWith(StepRunner runner) {
      runner.supersede(this);
    }
  }

  /** Does the steps: one method each, so that a new one stops every runner from compiling. */
  interface StepRunner {
    void issue(IssueOrder step);

    void supersede(Supersede step);
  }
}
