package dev.bumpless.trust;

import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.KeyPair;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.function.Function;

/** Holds one private key and signs with it. Safe for any number of threads. */
public final class Signer {
  private static final String BEGIN = "-----BEGIN PRIVATE KEY-----";
  private static final String END = "-----END PRIVATE KEY-----";

  private final KeyPair keys;
  private final TrustedKey trusted;
  private final Signing signing;

  /** Makes an Ed25519 signature (RFC 8032) of a message. Safe for any number of threads. */
  public interface Signing {
    byte[] sign(byte[] message);
  }

  private Signer(KeyPair keys, Signing signing) {
    this.keys = keys;
    this.trusted = TrustedKey.of(keys.getPublic());
    this.signing = signing;
  }

  private static Signer of(KeyPair keys) {
    return new Signer(keys, message -> Ed25519.sign(keys.getPrivate(), message));
  }

  public static Signer generate() {
    return of(Ed25519.generate());
  }

  /**
   * The same key, with signatures made by other means than the JDK's: they are the same ones, for
   * Ed25519 leaves no choice.
   *
   * @param signing made of the key's seed of 32 bytes
   */
  public Signer by(Function<byte[], Signing> signing) {
    return new Signer(keys, signing.apply(Ed25519.seed(keys.getPrivate())));
  }

  /**
   * Reads a PKCS #8 PEM, as {@code openssl genpkey -algorithm ed25519} writes it.
   *
   * @throws InvalidKeyException where it holds none; the message never shows the text
   */
  public static Signer fromPem(String pem) throws InvalidKeyException {
    int begin = pem.indexOf(BEGIN);
    int end = pem.indexOf(END);
    if (begin < 0 || end < begin) {
      throw new InvalidKeyException("no PEM with a PRIVATE KEY in it");
    }
    String base64 = pem.substring(begin + BEGIN.length(), end).replaceAll("\\s", "");
    byte[] pkcs8;
    try {
      pkcs8 = Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      throw new InvalidKeyException("the PEM's body is no base64", e);
    }
    return of(Ed25519.pairOf(Ed25519.privateKey(pkcs8)));
  }

  /** The private key; for a file of mode 0600. */
  public String toPem() {
    byte[] newLine = "\n".getBytes(StandardCharsets.US_ASCII);
    String body = Base64.getMimeEncoder(64, newLine).encodeToString(keys.getPrivate().getEncoded());
    return BEGIN + "\n" + body + "\n" + END + "\n";
  }

  /** The public half, as a {@link Root} names it. */
  public TrustedKey key() {
    return trusted;
  }

  public Envelope sign(String payloadType, byte[] payload) {
    String base64 = Base64.getEncoder().encodeToString(payload);
    return addTo(new Envelope(payloadType, base64, List.of()));
  }

  /** The same envelope with this key's signature behind those that it has. */
  public Envelope addTo(Envelope envelope) {
    byte[] message =
        Ed25519.preAuthenticationEncoding(envelope.payloadType(), envelope.payloadBytes());
    String sig = Base64.getEncoder().encodeToString(signing.sign(message));
    List<Envelope.Signature> all = new ArrayList<>(envelope.signatures());
    all.add(new Envelope.Signature(trusted.id(), sig));
    return new Envelope(envelope.payloadType(), envelope.payload(), all);
  }
}
