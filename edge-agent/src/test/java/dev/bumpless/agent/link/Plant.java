package dev.bumpless.agent.link;

import dev.bumpless.manifest.AppName;
import dev.bumpless.protocol.Assignment;
import dev.bumpless.protocol.DeviceId;
import dev.bumpless.protocol.MessageCodec;
import dev.bumpless.protocol.Order;
import dev.bumpless.protocol.Release;
import dev.bumpless.protocol.Revision;
import dev.bumpless.protocol.Samples;
import dev.bumpless.trust.Envelope;
import dev.bumpless.trust.Root;
import dev.bumpless.trust.Sha256;
import dev.bumpless.trust.Signer;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/** The keys of a test's fleet, and what its controller would sign. */
final class Plant {
  final MessageCodec codec = Samples.codec();
  final Signer releaseKey = Signer.generate();
  final Signer orderKey = Signer.generate();
  final Root root = Root.of(releaseKey.key(), orderKey.key());

  Envelope sign(Release release) {
    return releaseKey.sign(Envelope.RELEASE, codec.encode(release));
  }

  Envelope sign(Order order) {
    return orderKey.sign(Envelope.ORDER, codec.encode(order));
  }

  /** Good for an hour. */
  Order order(long sequence, Order.Action action) {
    return order(Samples.DEVICE, sequence, action, Samples.NOW, Duration.ofHours(1));
  }

  Order order(
      DeviceId device, long sequence, Order.Action action, Instant issuedAt, Duration validity) {
    return new Order(
        new UUID(0, sequence), device, sequence, issuedAt, issuedAt.plus(validity), action);
  }

  Order.Run run(Release release) {
    return new Order.Run(new Revision(release.id(), 1), Sha256.hex(sign(release).payloadBytes()));
  }

  /** What a good controller sends to run a release. */
  byte[] runs(long sequence, Release release) {
    return message(sign(order(sequence, run(release))), sign(release));
  }

  byte[] runs(long sequence, String app, long counter) {
    return runs(sequence, Samples.release(app, counter, 0));
  }

  byte[] stops(long sequence, String app) {
    return message(sign(order(sequence, new Order.Stop(new AppName(app)))));
  }

  byte[] deletes(long sequence, String app) {
    return message(sign(order(sequence, new Order.Delete(new AppName(app)))));
  }

  byte[] message(Envelope order, Envelope release) {
    return codec.encode(new Assignment(order, Optional.of(release)));
  }

  byte[] message(Envelope order) {
    return codec.encode(new Assignment(order, Optional.empty()));
  }
}
