package dev.bumpless.controller;

import dev.bumpless.manifest.App;
import dev.bumpless.protocol.MessageCodec;

/** For messages that hold no app. */
public final class NoApps implements MessageCodec.AppText {
  @Override
  public String write(App app) {
    throw new AssertionError("no app expected");
  }

  @Override
  public App parse(String text) {
    throw new AssertionError("no app expected");
  }
}
