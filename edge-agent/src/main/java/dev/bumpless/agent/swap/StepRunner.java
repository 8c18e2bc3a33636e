package dev.bumpless.agent.swap;

/** Performs steps: one method a kind, so that a new step stops every runner from compiling. */
interface StepRunner<R> {
  R pause(Step.Wait step);

  R begin(Step.Begin step);

  R check(Step.Check step);

  R pull(Step.Pull step);

  R arrive(Step.Arrive step);

  R pass(Step.Pass step);

  R create(Step.Create step);

  R start(Step.Start step);

  R probe(Step.Probe step);

  R define(Step.Define step);

  R copy(Step.Copy step);

  R rehearse(Step.Rehearse step);

  R compare(Step.Compare step);

  R weigh(Step.Weigh step);

  R promote(Step.Promote step);

  R keepAlive(Step.KeepAlive step);

  R flip(Step.Switch step);

  R startBake(Step.StartBake step);

  R turnBack(Step.TurnBack step);

  R cut(Step.Cut step);

  R stop(Step.Stop step);

  R remove(Step.Remove step);

  R removeRoutes(Step.RemoveRoutes step);

  R settle(Step.Settle step);

  R collectImages(Step.CollectImages step);
}
