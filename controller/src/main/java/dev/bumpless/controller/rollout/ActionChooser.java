package dev.bumpless.controller.rollout;

import dev.bumpless.controller.problem.Problem;
import dev.bumpless.manifest.AppName;
import dev.bumpless.protocol.DeviceId;
import dev.bumpless.protocol.Order;
import dev.bumpless.protocol.ReleaseId;
import dev.bumpless.protocol.Revision;
import java.util.Optional;
import java.util.function.Function;

/** What a command means for one device, by what was asked of it before. */
record ActionChooser(
    AppHistory history, DeviceId device, Function<ReleaseId, String> payloadSha256) {

  /**
   * @param made the release that the command asks for, where it carries one
   */
  Order.Action choose(Command command, Optional<ReleaseId> made) {
    AppName app = command.app();
    if (command instanceof Command.Stop) {
      return new Order.Stop(app);
    }
    if (command instanceof Command.Delete) {
      return new Order.Delete(app);
    }
    boolean isRestart = command instanceof Command.Restart;
    ReleaseId release = made.orElseGet(() -> releaseFor(command));
    Revision revision = history.next(release, isRestart);
    return new Order.Run(revision, payloadSha256.apply(release));
  }

  private ReleaseId releaseFor(Command command) {
    if (command instanceof Command.Undo undo) {
      return undo.toCounter().isPresent()
          ? new ReleaseId(undo.app(), undo.toCounter().getAsLong())
          : history
              .previous()
              .orElseThrow(
                  () ->
                      nothing(
                          "no release of " + undo.app() + " ran before this one on " + device,
                          "name one: see `bumpless rollout history " + undo.app() + "`"));
    }
    return history
        .desired()
        .map(Revision::release)
        .orElseThrow(
            () ->
                nothing(
                    "app " + command.app() + " was never run on " + device,
                    "bring it with `bumpless apply -f FILE`"));
  }

  private static RuntimeException nothing(String what, String hint) {
    return Problem.of(Problem.Code.CONFLICT, what, hint);
  }
}
