package dev.bumpless.controller.source;

import java.util.Optional;

/**
 * Where manifests lie. {@link #read} is called by the source's one thread; may block until its own
 * deadline is over, and ends sooner when the thread is interrupted.
 */
public interface SourceReader {

  /**
   * Everything that is there now; {@code known} itself where nothing has changed since.
   *
   * @throws dev.bumpless.controller.problem.ProblemException SOURCE_UNREADABLE where it is gone,
   *     too large, or holds what is not to be followed; nothing of it may be used then
   */
  Snapshot read(Optional<Snapshot> known);

  /** For people; without credentials. Any thread may ask; never changes, and asks nobody. */
  String place();
}
