package dev.bumpless.trust;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.SignatureException;
import java.security.interfaces.EdECPrivateKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.NamedParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;

/** The JDK's Ed25519 (RFC 8032) and DSSE's pre-authentication encoding. */
final class Ed25519 {
  private static final String ALGORITHM = "Ed25519";
  private static final int SIGNATURE_BYTES = 64;

  private Ed25519() {}

  /** What is signed: type and body, each with its length, so that neither can pass as the other. */
  static byte[] preAuthenticationEncoding(String type, byte[] body) {
    byte[] typeBytes = type.getBytes(StandardCharsets.UTF_8);
    byte[] head =
        ("DSSEv1 " + typeBytes.length + " " + type + " " + body.length + " ")
            .getBytes(StandardCharsets.UTF_8);
    byte[] all = Arrays.copyOf(head, head.length + body.length);
    System.arraycopy(body, 0, all, head.length, body.length);
    return all;
  }

  static byte[] sign(PrivateKey key, byte[] message) {
    try {
      Signature signature = Signature.getInstance(ALGORITHM);
      signature.initSign(key);
      signature.update(message);
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("cannot sign with an Ed25519 key: " + e.getMessage(), e);
    }
  }

  /** The JDK refuses a scalar above the group's order, so no second form of a signature passes. */
  static boolean verify(PublicKey key, byte[] message, byte[] signed) {
    if (signed.length != SIGNATURE_BYTES) {
      return false;
    }
    try {
      Signature signature = Signature.getInstance(ALGORITHM);
      signature.initVerify(key);
      signature.update(message);
      return signature.verify(signed);
    } catch (SignatureException e) {
      return false;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("cannot verify with an Ed25519 key: " + e.getMessage(), e);
    }
  }

  static KeyPair generate() {
    return generate(new SecureRandom());
  }

  /** A private key holds the seed that its public key follows from. */
  static KeyPair pairOf(PrivateKey key) throws InvalidKeyException {
    if (!(key instanceof EdECPrivateKey edwards) || edwards.getBytes().isEmpty()) {
      throw new InvalidKeyException("a " + key.getAlgorithm() + " key, expected Ed25519");
    }
    return generate(new SeedAsRandom(seed(key)));
  }

  /** The 32 bytes that a key of this class is made of. */
  static byte[] seed(PrivateKey key) {
    return ((EdECPrivateKey) key).getBytes().orElseThrow();
  }

  static PrivateKey privateKey(byte[] pkcs8) throws InvalidKeyException {
    try {
      return KeyFactory.getInstance(ALGORITHM).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
    } catch (InvalidKeySpecException e) {
      throw new InvalidKeyException("no Ed25519 private key in PKCS #8: " + e.getMessage(), e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java has no Ed25519", e);
    }
  }

  static PublicKey publicKey(String spkiBase64) {
    try {
      byte[] spki = Base64.getDecoder().decode(spkiBase64);
      return KeyFactory.getInstance(ALGORITHM).generatePublic(new X509EncodedKeySpec(spki));
    } catch (IllegalArgumentException | InvalidKeySpecException e) {
      throw new IllegalArgumentException("'" + spkiBase64 + "' is no Ed25519 public key (SPKI)", e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java has no Ed25519", e);
    }
  }

  private static KeyPair generate(SecureRandom random) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance(ALGORITHM);
      generator.initialize(NamedParameterSpec.ED25519, random);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this Java has no Ed25519", e);
    }
  }

  private static final class SeedAsRandom extends SecureRandom {
    private static final long serialVersionUID = 1L;
    private final byte[] seed;

    SeedAsRandom(byte[] seed) {
      this.seed = seed.clone();
    }

    @Override
    public void nextBytes(byte[] bytes) {
      System.arraycopy(seed, 0, bytes, 0, bytes.length);
    }
  }
}
