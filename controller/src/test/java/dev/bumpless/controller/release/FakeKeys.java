package dev.bumpless.controller.release;

import dev.bumpless.protocol.LogQuery;
import dev.bumpless.protocol.MessageCodec;
import dev.bumpless.protocol.Order;
import dev.bumpless.protocol.Release;
import dev.bumpless.trust.Envelope;
import dev.bumpless.trust.Sha256;
import java.util.Base64;
import java.util.List;

/** Signs nothing: the payload is what counts. */
public record FakeKeys(MessageCodec codec) implements SigningKeys {
  @Override
  public SignedRelease sign(Release release) {
    return new SignedRelease(
        envelope(Envelope.RELEASE, release), Sha256.hex(codec.encode(release)));
  }

  @Override
  public Envelope sign(Order order) {
    return envelope(Envelope.ORDER, order);
  }

  @Override
  public Envelope sign(LogQuery query) {
    return envelope(Envelope.LOG_QUERY, query);
  }

  private Envelope envelope(String type, Record payload) {
    return new Envelope(type, Base64.getEncoder().encodeToString(codec.encode(payload)), List.of());
  }
}
