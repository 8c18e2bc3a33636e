package dev.bumpless.controller;

import dev.bumpless.controller.lease.Lease;
import dev.bumpless.controller.lease.Leases;
import dev.bumpless.controller.lease.Turn;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Optional;

/**
 * Which of the controllers on one store hears the devices, sends them their orders, and moves
 * rollouts on with time. All of them serve operators meanwhile; another takes the duty over when
 * the one that has it ends or dies.
 *
 * <p>A thread of its own asks for the lease, or renews it, every second. A controller that could
 * not renew it in time goes by its own clock and stops before another may begin.
 */
final class Duty implements Turn, AutoCloseable {
  static final Duration LENGTH = Duration.ofSeconds(6);
  private static final Logger LOG = System.getLogger(Duty.class.getName());
  private static final String NAME = "devices";
  private static final Duration PAUSE = Duration.ofSeconds(1);

  private final Leases leases;
  private final String owner;
  private final Thread thread = new Thread(this::run, "duty");
  private volatile Held held = new Held(Optional.empty(), System.nanoTime());
  private volatile boolean closed;

  /** What was answered, and when that was asked. */
  private record Held(Optional<Lease> lease, long askedNanos) {
    Optional<Lease> now() {
      return lease.filter(mine -> System.nanoTime() - askedNanos < LENGTH.toNanos());
    }
  }

  private Duty(Leases leases, String owner) {
    this.leases = leases;
    this.owner = owner;
    thread.setDaemon(true);
  }

  /**
   * Begins to ask for it.
   *
   * @param owner nobody else's name
   */
  static Duty begin(Leases leases, String owner) {
    Duty duty = new Duty(leases, owner);
    duty.ask();
    if (duty.lease().isEmpty()) {
      duty.tell();
    }
    duty.thread.start();
    return duty;
  }

  @Override
  public Optional<Lease> lease() {
    return held.now();
  }

  @Override
  public boolean isHeld(Lease lease) {
    return leases.isHeld(lease);
  }

  private void run() {
    while (!closed) {
      try {
        Thread.sleep(PAUSE.toMillis());
        ask();
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  /** A store that does not answer leaves things as they are, until the lease is over. */
  private void ask() {
    long asked = System.nanoTime();
    try {
      Optional<Lease> before = held.lease();
      Optional<Lease> after = leases.take(NAME, owner, LENGTH);
      held = new Held(after, asked);
      if (!after.equals(before)) {
        tell();
      }
    } catch (RuntimeException e) {
      LOG.log(Level.WARNING, "the store does not say who is on duty: {0}", e.getMessage());
    }
  }

  private void tell() {
    held.lease()
        .ifPresentOrElse(
            lease -> LOG.log(Level.INFO, "on duty, in term {0,number,#}", lease.term()),
            () -> LOG.log(Level.INFO, "standing by: another controller hears the devices"));
  }

  @Override
  public void close() {
    closed = true;
    thread.interrupt();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    held.lease().ifPresent(leases::release);
  }
}
