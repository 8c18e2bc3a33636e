package dev.bumpless.controller.release;

import dev.bumpless.protocol.LogQuery;
import dev.bumpless.protocol.Order;
import dev.bumpless.protocol.Release;
import dev.bumpless.trust.Envelope;

/** Holds the release key and the order key. Called by any thread; about a millisecond a call. */
public interface SigningKeys {
  SignedRelease sign(Release release);

  Envelope sign(Order order);

  Envelope sign(LogQuery query);

  /**
   * @param payloadSha256 hex digest of the payload's bytes, which an order names
   */
  record SignedRelease(Envelope envelope, String payloadSha256) {}
}
