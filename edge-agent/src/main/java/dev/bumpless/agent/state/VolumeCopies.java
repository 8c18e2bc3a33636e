package dev.bumpless.agent.state;

import dev.bumpless.agent.swap.InstanceKey;
import dev.bumpless.manifest.AppName;
import java.io.IOException;
import java.time.Duration;

/**
 * The engine's volumes, as {@link VolumeState} needs them. Any thread; for one app one at a time.
 */
public interface VolumeCopies {

  /**
   * Makes the volumes of {@code to} copies of those of {@code from}; only what differs is written.
   *
   * @param exactly whether neither runs: then they are the same afterwards, on the disk too
   * @throws IOException also where it has not ended within the limit; then it is ended
   */
  void copy(InstanceKey from, InstanceKey to, boolean exactly, Duration limit) throws IOException;

  /** Ends what copies volumes of the app. The volumes stay. */
  void close(AppName app) throws IOException;
}
