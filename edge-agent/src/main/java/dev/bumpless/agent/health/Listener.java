package dev.bumpless.agent.health;

import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicInteger;

/** One listener that is asked, and what it has shown so far. Written by one thread, read by any. */
final class Listener {
  private final InetSocketAddress target;
  private final byte[] request;
  private final AtomicInteger failures = new AtomicInteger();
  private volatile long lastAnswerNanos;
  private volatile long longestNanos;

  /**
   * @param request what is sent; empty where only a connection is asked for
   */
  Listener(InetSocketAddress target, byte[] request) {
    this.target = target;
    this.request = request.clone();
  }

  InetSocketAddress target() {
    return target;
  }

  byte[] request() {
    return request.clone();
  }

  boolean isAnswered() {
    return request.length > 0;
  }

  void begin(long nowNanos) {
    lastAnswerNanos = nowNanos;
  }

  void answered(long nowNanos) {
    longestNanos = longestNanos(nowNanos);
    lastAnswerNanos = nowNanos;
  }

  void failed() {
    failures.incrementAndGet();
  }

  int failures() {
    return failures.get();
  }

  /** With the silence that lasts now. */
  long longestNanos(long nowNanos) {
    long silence = nowNanos - lastAnswerNanos - OpenLoop.PAUSE.toNanos();
    return Math.max(longestNanos, silence);
  }
}
