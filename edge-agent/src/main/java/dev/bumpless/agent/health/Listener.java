package dev.bumpless.agent.health;

import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicInteger;

/** One listener that is asked, and what it has shown so far. Written by one thread, read by any. */
final class Listener {
  private final InetSocketAddress target;
  private final Question question;
  private final AtomicInteger failures = new AtomicInteger();
  private volatile long lastAnswerNanos;
  private volatile long longestNanos;

  Listener(InetSocketAddress target, Question question) {
    this.target = target;
    this.question = question;
  }

  InetSocketAddress target() {
    return target;
  }

  Question question() {
    return question;
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
