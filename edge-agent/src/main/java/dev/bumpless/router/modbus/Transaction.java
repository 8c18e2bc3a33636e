package dev.bumpless.router.modbus;

import dev.bumpless.router.net.Patience;
import dev.bumpless.router.table.Backend;
import dev.bumpless.router.table.Endpoint;
import dev.bumpless.router.table.Waiter;
import io.netty.buffer.ByteBuf;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One request of a master and its answer, of which it gets exactly one: the instance's, or at the
 * deadline an exception. Belongs to the master's loop; only {@link #claimed} and {@link #refused}
 * may be called by others, and hop onto it.
 *
 * <h2>When a request is sent again</h2>
 *
 * Where the dial failed, always, for nothing was sent: to another instance that serves. After it
 * went out on a connection that then ended, only if it reads: the first time that this happens on a
 * connection that was used before, the same instance is asked again (it had closed an idle
 * connection, which is no fault); else that is counted as a failure and another is asked, at last
 * the slot that served before. A write is never sent twice. Where no instance can be reached the
 * search is begun again ({@link Patience}) until the deadline.
 *
 * <h2>What counts as a failure</h2>
 *
 * Silence does only of a unit that has answered on this route before: masters do poll units that
 * nobody has, and no release is to blame for those.
 */
final class Transaction implements Waiter {
  private static final int PARKED_OVERHEAD = 512;

  private final ModbusConnection master;
  private final ByteBuf request;
  private final int id;
  private final boolean read;
  private final long arrivedNanos = System.nanoTime();
  private long deadlineNanos;
  private long sentNanos;

  private final Patience patience = new Patience();
  private List<Backend> tried = List.of();
  private boolean hadInstance;
  private boolean wasSent;
  private boolean told;
  private boolean askedAgain;
  private boolean searching;
  private @Nullable Backend backend;
  private @Nullable Upstream upstream;
  private boolean ended;

  /**
   * @param request the frame as it came, which is owned from now on
   */
  Transaction(ModbusConnection master, ByteBuf request) {
    this.master = master;
    this.request = request;
    this.id = Mbap.id(request);
    this.read = Functions.isRead(request);
    this.deadlineNanos = arrivedNanos + master.limits().parkedTime().toNanos();
  }

  void start() {
    master.gate().claim(this);
  }

  // Claiming.

  @Override
  public Endpoint route() {
    return master.route();
  }

  @Override
  public boolean hasTried(Backend candidate) {
    return tried.contains(candidate);
  }

  @Override
  public boolean mayGoBack() {
    return read;
  }

  @Override
  public int parkedBytes() {
    return PARKED_OVERHEAD;
  }

  @Override
  public void claimed(Backend chosen) {
    master.onLoop(() -> use(chosen));
  }

  @Override
  public void refused(Refusal why) {
    master.onLoop(
        () -> {
          switch (why) {
            case TOO_MANY_PARKED -> refuse(Refused.SERVER_BUSY);
            case NOBODY_SERVES -> refuse(nobody());
            case ALL_TRIED -> searchAgain();
          }
        });
  }

  private Refused nobody() {
    return wasSent ? Refused.NO_ANSWER : Refused.NO_PATH;
  }

  /** Whatever comes here may be sent again, or was sent to nobody yet. */
  private void searchAgain() {
    startDeadline();
    searching = true;
    if (!patience.again(master.eventLoop(), this::claimAfresh)) {
      refuse(nobody());
    }
  }

  private void claimAfresh() {
    if (!ended) {
      searching = false;
      tried = List.of();
      master.gate().claim(this);
    }
  }

  private void use(Backend chosen) {
    InetSocketAddress address = chosen.address(master.route());
    if (ended || address == null) {
      chosen.finished();
      return;
    }
    backend = chosen;
    startDeadline();
    Upstream to = master.upstreams().to(chosen, address, this);
    upstream = to;
    to.send(this);
  }

  /** The instance's time begins when there is one, once, however often the request is sent. */
  private void startDeadline() {
    if (!hadInstance) {
      hadInstance = true;
      ModbusLimits limits = master.limits();
      long whole = Math.max(limits.wholeTime().toNanos(), limits.answerTime().toNanos());
      long answer = System.nanoTime() - arrivedNanos + limits.answerTime().toNanos();
      deadlineNanos = arrivedNanos + Math.min(whole, answer);
      master.underway().watch(deadlineNanos);
    }
  }

  // For the connection to the instance.

  boolean isRead() {
    return read;
  }

  /** The frame under an id of the connection's own; written, not kept, by whoever calls. */
  ByteBuf sentAs(int upstreamId, long nowNanos) {
    wasSent = true;
    sentNanos = nowNanos;
    count(request.readableBytes(), true);
    Mbap.setId(request, upstreamId);
    return request.retainedDuplicate();
  }

  /**
   * @param answer whole, which is owned from now on
   */
  void answered(ByteBuf answer, long nowNanos) {
    Mbap.setId(answer, id);
    master.units().heard(Mbap.unit(request));
    count(answer.readableBytes(), false);
    tellAnswered(answer);
    Backend by = leave();
    if (by != null) {
      by.answered(Mbap.isException(answer), nowNanos - sentNanos);
    }
    end(answer);
  }

  private void tellAnswered(ByteBuf answer) {
    Backend by = backend;
    if (by != null && !read) {
      told = true;
      master.watch().answered(by, route(), request, answer);
    }
  }

  private void count(int bytes, boolean in) {
    Backend now = backend;
    if (now != null && in) {
      now.received(bytes);
    } else if (now != null) {
      now.sent(bytes);
    }
  }

  /** The instance has been blamed. */
  void notDialled() {
    tryAnother(leave());
  }

  /**
   * The connection has ended without an answer.
   *
   * @param used whether others had theirs by it before
   */
  void lost(boolean used) {
    if (!read) {
      blame(Backend::refused);
      refuse(Refused.NO_ANSWER);
    } else if (used && !askedAgain) {
      askedAgain = true;
      leave();
      master.gate().claim(this);
    } else {
      tryAnother(blame(Backend::refused));
    }
  }

  private void tryAnother(@Nullable Backend failed) {
    if (failed != null) {
      tried = new ArrayList<>(tried);
      tried.add(failed);
    }
    master.gate().claim(this);
  }

  private @Nullable Backend blame(Consumer<Backend> failure) {
    Backend failed = leave();
    if (failed != null) {
      failure.accept(failed);
    }
    return failed;
  }

  /** Gives the claim back. */
  private @Nullable Backend leave() {
    Backend left = backend;
    if (left != null) {
      if (wasSent && !read && !told) {
        master.watch().unanswered(left, route(), request);
      }
      left.finished();
    }
    backend = null;
    upstream = null;
    return left;
  }

  // How it ends without an answer of an instance.

  /** Nanoseconds, on {@link System#nanoTime}'s clock. */
  long deadlineNanos() {
    return deadlineNanos;
  }

  /** At the deadline. What the instance still answers is dropped. */
  void expire() {
    Upstream at = upstream;
    if (at != null) {
      at.forget(this);
      if (wasSent && master.units().isKnown(Mbap.unit(request))) {
        blame(Backend::timedOut);
      }
    }
    master.gate().leave(this);
    boolean unreachable = searching || (at != null && at.isDialling());
    leave();
    refuse(unreachable ? nobody() : Refused.SERVER_BUSY);
  }

  boolean isAt(Set<Backend> backends) {
    Backend now = backend;
    return now != null && backends.contains(now);
  }

  /** At the deadline of a drain. */
  void cut() {
    Upstream at = upstream;
    if (at != null) {
      at.forget(this);
    }
    leave();
    refuse(Refused.SERVER_BUSY);
  }

  /** The master is gone. */
  void abandon() {
    if (!ended) {
      ended = true;
      master.gate().leave(this);
      leave();
      request.release();
    }
  }

  private void refuse(Refused why) {
    if (!ended) {
      ByteBuf answer = master.allocate();
      Mbap.writeException(answer, id, request, why);
      end(answer);
      master.flush();
    }
  }

  private void end(ByteBuf answer) {
    ended = true;
    request.release();
    master.ended(this, answer);
  }
}
