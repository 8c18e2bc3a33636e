package dev.bumpless.trust;

import java.security.PublicKey;
import java.util.Base64;

/**
 * A public key of a trust root.
 *
 * @param algorithm {@code ed25519}, the only one so far
 * @param spki base64 of the key's SubjectPublicKeyInfo (RFC 5280)
 */
public record TrustedKey(String algorithm, String spki) {
  private static final String ED25519 = "ed25519";

  public TrustedKey {
    if (!algorithm.equals(ED25519)) {
      throw new IllegalArgumentException("key algorithm '" + algorithm + "': expected " + ED25519);
    }
    String canonical = encode(Ed25519.publicKey(spki));
    if (!canonical.equals(spki)) {
      throw new IllegalArgumentException("'" + spki + "' is not the key's one canonical form");
    }
  }

  static TrustedKey of(PublicKey key) {
    return new TrustedKey(ED25519, encode(key));
  }

  /** sha256 of the SPKI, in hex. Two keys with one id are one key. */
  public String id() {
    return Sha256.hex(Base64.getDecoder().decode(spki));
  }

  boolean signed(byte[] message, byte[] signature) {
    return Ed25519.verify(Ed25519.publicKey(spki), message, signature);
  }

  private static String encode(PublicKey key) {
    return Base64.getEncoder().encodeToString(key.getEncoded());
  }
}
