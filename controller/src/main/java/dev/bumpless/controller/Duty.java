package dev.bumpless.controller;

import dev.bumpless.controller.lease.Lease;
import dev.bumpless.controller.lease.Leases;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Optional;

/**
 * Which of the controllers on one store works; the others stand by and take over when it ends or
 * dies. What is in the store needs no such care, its transactions see to that: this is so that one
 * of them alone speaks to the devices.
 *
 * <p>The right is renewed by a thread of its own. A controller that could not renew it in time, or
 * that slept through its end, is told at once and has to go.
 */
final class Duty implements AutoCloseable {
  static final Duration LENGTH = Duration.ofSeconds(15);
  private static final Logger LOG = System.getLogger(Duty.class.getName());
  private static final String NAME = "controller";
  private static final Duration PAUSE = Duration.ofSeconds(1);
  private static final Duration RENEWAL = Duration.ofSeconds(3);

  private final Leases leases;
  private final Lease lease;
  private final Runnable lost;
  private final Thread thread = new Thread(this::renew, "duty");
  private volatile boolean closed;

  private Duty(Leases leases, Lease lease, Runnable lost) {
    this.leases = leases;
    this.lease = lease;
    this.lost = lost;
    thread.setDaemon(true);
  }

  /**
   * Returns when it is this controller's turn.
   *
   * @param owner nobody else's name
   * @param lost called once, by another thread, where it has to end
   */
  static Duty await(Leases leases, String owner, Runnable lost) throws InterruptedException {
    Optional<Lease> lease = leases.take(NAME, owner, LENGTH);
    if (lease.isEmpty()) {
      LOG.log(Level.INFO, "standing by: another controller works on this store");
    }
    while (lease.isEmpty()) {
      Thread.sleep(PAUSE.toMillis());
      lease = leases.take(NAME, owner, LENGTH);
    }
    Duty duty = new Duty(leases, lease.get(), lost);
    duty.thread.start();
    return duty;
  }

  private void renew() {
    long renewed = System.nanoTime();
    while (!closed) {
      try {
        Thread.sleep(RENEWAL.toMillis());
        long asked = System.nanoTime();
        if (asked - renewed < LENGTH.toNanos() && isRenewed()) {
          renewed = asked;
        } else if (System.nanoTime() - renewed >= LENGTH.toNanos()) {
          break;
        }
      } catch (InterruptedException e) {
        return;
      }
    }
    if (!closed) {
      LOG.log(Level.ERROR, "the right to work could not be renewed: another controller takes over");
      lost.run();
    }
  }

  /** False, too, while the store cannot be asked. */
  private boolean isRenewed() {
    try {
      return leases.take(NAME, lease.owner(), LENGTH).equals(Optional.of(lease));
    } catch (RuntimeException e) {
      LOG.log(Level.WARNING, "the store did not renew the right to work: {0}", e.getMessage());
      return false;
    }
  }

  @Override
  public void close() throws InterruptedException {
    closed = true;
    thread.interrupt();
    thread.join();
    leases.release(lease);
  }
}
