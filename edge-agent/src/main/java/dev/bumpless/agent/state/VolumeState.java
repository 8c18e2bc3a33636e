package dev.bumpless.agent.state;

import dev.bumpless.agent.swap.StateTransfer.Side;
import dev.bumpless.agent.swap.TransferException;
import dev.bumpless.manifest.AppName;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.TreeSet;

/**
 * Volumes that each slot has for itself: copied while the old version writes, and once more when it
 * has stopped.
 */
record VolumeState(VolumeCopies copies) implements KindOfState {
  /** What changes while one copy is made is less than that copy; after some rounds it is noise. */
  private static final int MOST_ROUNDS = 5;

  /**
   * Copies until another copy takes no less time.
   *
   * @return how long the last one took
   */
  @Override
  public Duration rehearse(Side from, Side to, Duration limit) throws TransferException {
    Deadline deadline = Deadline.in(limit);
    Duration last = copy(from, to, deadline);
    for (int round = 1; round < MOST_ROUNDS; round++) {
      Duration before = last;
      last = copy(from, to, deadline);
      if (last.multipliedBy(2).compareTo(before) > 0) {
        break;
      }
    }
    return last;
  }

  private Duration copy(Side from, Side to, Deadline deadline) throws TransferException {
    long begin = System.nanoTime();
    copy(from, to, false, deadline.remaining());
    return Duration.ofNanos(System.nanoTime() - begin);
  }

  @Override
  public void bring(Side from, Side to, Duration limit) throws TransferException {
    copy(from, to, true, limit);
  }

  private void copy(Side from, Side to, boolean exactly, Duration limit) throws TransferException {
    try {
      copies.copy(from.instance(), to.instance(), exactly, limit);
    } catch (IOException e) {
      throw new TransferException(String.valueOf(e.getMessage()), e);
    }
  }

  void tidy(List<Side> sides) throws TransferException {
    TreeSet<AppName> apps = new TreeSet<>();
    sides.forEach(side -> apps.add(side.instance().app()));
    for (AppName app : apps) {
      try {
        copies.close(app);
      } catch (IOException e) {
        throw new TransferException(String.valueOf(e.getMessage()), e);
      }
    }
  }
}
