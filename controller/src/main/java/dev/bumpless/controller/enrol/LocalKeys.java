package dev.bumpless.controller.enrol;

import dev.bumpless.controller.release.SigningKeys;
import dev.bumpless.protocol.LogQuery;
import dev.bumpless.protocol.MessageCodec;
import dev.bumpless.protocol.Order;
import dev.bumpless.protocol.Release;
import dev.bumpless.trust.Envelope;
import dev.bumpless.trust.Sha256;
import dev.bumpless.trust.Signer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.InvalidKeyException;

/** Both keys from the trust directory. In production the release key lives elsewhere. */
public final class LocalKeys implements SigningKeys {
  private final Signer releaseKey;
  private final Signer orderKey;
  private final MessageCodec codec;

  private LocalKeys(Signer releaseKey, Signer orderKey, MessageCodec codec) {
    this.releaseKey = releaseKey;
    this.orderKey = orderKey;
    this.codec = codec;
  }

  public static LocalKeys open(TrustDirectory directory, MessageCodec codec) throws IOException {
    return new LocalKeys(read(directory.releaseKey()), read(directory.orderKey()), codec);
  }

  static Signer read(Path file) throws IOException {
    try {
      return Signer.fromPem(Files.readString(file, StandardCharsets.US_ASCII)).by(FastSigning::new);
    } catch (InvalidKeyException e) {
      throw new IOException(file + " holds no Ed25519 key", e);
    }
  }

  @Override
  public SignedRelease sign(Release release) {
    byte[] payload = codec.encode(release);
    return new SignedRelease(releaseKey.sign(Envelope.RELEASE, payload), Sha256.hex(payload));
  }

  @Override
  public Envelope sign(Order order) {
    return orderKey.sign(Envelope.ORDER, codec.encode(order));
  }

  @Override
  public Envelope sign(LogQuery query) {
    return orderKey.sign(Envelope.LOG_QUERY, codec.encode(query));
  }
}
