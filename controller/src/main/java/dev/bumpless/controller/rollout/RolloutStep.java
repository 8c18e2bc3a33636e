package dev.bumpless.controller.rollout;

import dev.bumpless.protocol.DeviceId;
import java.time.Instant;
import java.util.Optional;

/** What is to be done next for a rollout: the closed set. */
public sealed interface RolloutStep {

  void runWith(StepRunner runner);

  /** Make and keep the order for this device, or say it again; the link delivers it. */
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

  /**
   * Take the order back, so that the device does not begin with it; it may get one later. One that
   * the device has can be taken back where it waits for a window.
   *
   * @param reason for a person
   */
  record Recall(Target target, String reason) implements RolloutStep {
    @Override
    public void runWith(StepRunner runner) {
      runner.recall(this);
    }
  }

  /** The device had its time: it failed, and an order that it has not begun is taken back. */
  record Expire(Target target, String reason) implements RolloutStep {
    @Override
    public void runWith(StepRunner runner) {
      runner.expire(this);
    }
  }

  /** This device will get no order any more. */
  record Cancel(Target target, String reason) implements RolloutStep {
    @Override
    public void runWith(StepRunner runner) {
      runner.cancel(this);
    }
  }

  /** A device that came later belongs to the rollout too, in its last wave. */
  record Admit(DeviceId device, Optional<String> site) implements RolloutStep {
    @Override
    public void runWith(StepRunner runner) {
      runner.admit(this);
    }
  }

  /** The open wave is over since then; or, empty, it is under way again. */
  record Settle(Optional<Instant> at) implements RolloutStep {
    @Override
    public void runWith(StepRunner runner) {
      runner.settle(this);
    }
  }

  /** Let the next wave go. */
  record OpenNextWave() implements RolloutStep {
    @Override
    public void runWith(StepRunner runner) {
      runner.openNextWave(this);
    }
  }

  /** Send nothing more until a person has looked. */
  record Pause(String reason) implements RolloutStep {
    @Override
    public void runWith(StepRunner runner) {
      runner.pause(this);
    }
  }

  /** Send nothing more, and send those who had the order back to what they ran before. */
  record RollBack(String reason) implements RolloutStep {
    @Override
    public void runWith(StepRunner runner) {
      runner.rollBack(this);
    }
  }

  /** Everybody had his turn. */
  record Finish() implements RolloutStep {
    @Override
    public void runWith(StepRunner runner) {
      runner.finish(this);
    }
  }

  /** Does the steps: one method each, so that a new one stops every runner from compiling. */
  interface StepRunner {
    void issue(IssueOrder step);

    void supersede(Supersede step);

    void recall(Recall step);

    void expire(Expire step);

    void cancel(Cancel step);

    void admit(Admit step);

    void settle(Settle step);

    void openNextWave(OpenNextWave step);

    void pause(Pause step);

    void rollBack(RollBack step);

    void finish(Finish step);
  }
}
