package dev.bumpless.trust;

import dev.bumpless.trust.Root.Role;
import dev.bumpless.trust.UntrustedException.Code;
import java.util.Base64;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Decides whether an envelope is believed (DSSE 1.0.2): the signatures are checked over the very
 * bytes that are handed out, and over their type. Pure; safe for any number of threads.
 */
public final class Verifier {
  private static final int MAX_SIGNATURES = 16;

  private final Root root;

  public Verifier(Root root) {
    this.root = root;
  }

  /**
   * The payload's bytes, to be parsed now and not before.
   *
   * @param expectedType one of {@link Envelope}'s
   */
  public byte[] verify(Envelope envelope, String expectedType) throws UntrustedException {
    if (!envelope.payloadType().equals(expectedType)) {
      throw new UntrustedException(
          Code.WRONG_TYPE, "expected " + expectedType + ", got " + quote(envelope.payloadType()));
    }
    if (envelope.signatures().isEmpty()) {
      throw new UntrustedException(Code.UNSIGNED, expectedType + " without a signature");
    }
    if (envelope.signatures().size() > MAX_SIGNATURES) {
      throw new UntrustedException(
          Code.TOO_LARGE, envelope.signatures().size() + " signatures, limit " + MAX_SIGNATURES);
    }
    if (envelope.payload().length() > Envelope.MAX_BYTES) {
      throw new UntrustedException(
          Code.TOO_LARGE,
          envelope.payload().length() + " bytes of payload, limit " + Envelope.MAX_BYTES);
    }
    byte[] payload =
        decode(envelope.payload())
            .orElseThrow(() -> new UntrustedException(Code.MALFORMED, "the payload is no base64"));
    checkThreshold(envelope, payload, roleOf(expectedType));
    return payload;
  }

  private void checkThreshold(Envelope envelope, byte[] payload, Role role)
      throws UntrustedException {
    byte[] message = Ed25519.preAuthenticationEncoding(envelope.payloadType(), payload);
    Root.Rule rule = root.rule(role);
    Set<TrustedKey> signers = new HashSet<>();
    Optional<UntrustedException> firstDoubt = Optional.empty();
    for (Envelope.Signature signature : envelope.signatures()) {
      try {
        signers.add(signer(signature, message, role, rule));
      } catch (UntrustedException e) {
        firstDoubt = firstDoubt.or(() -> Optional.of(e));
      }
    }
    if (signers.size() >= rule.threshold()) {
      return;
    }
    if (signers.isEmpty() && firstDoubt.isPresent()) {
      throw firstDoubt.get();
    }
    throw new UntrustedException(
        Code.THRESHOLD,
        signers.size() + " of " + rule.threshold() + " keys have signed as " + role);
  }

  private TrustedKey signer(Envelope.Signature signature, byte[] message, Role role, Root.Rule rule)
      throws UntrustedException {
    String keyId = signature.keyid();
    Optional<TrustedKey> key = rule.keys().stream().filter(k -> k.id().equals(keyId)).findFirst();
    if (key.isEmpty()) {
      throw root.knows(keyId)
          ? new UntrustedException(Code.WRONG_ROLE, "key " + keyId + " may not sign as " + role)
          : new UntrustedException(
              Code.UNKNOWN_KEY, "key " + quote(keyId) + " is not in this device's trust root");
    }
    Optional<byte[]> bytes = decode(signature.sig());
    if (bytes.isEmpty() || !key.get().signed(message, bytes.get())) {
      throw new UntrustedException(
          Code.BAD_SIGNATURE, "the signature of key " + keyId + " does not fit what was signed");
    }
    return key.get();
  }

  /** Only the one canonical form: padded, nothing in the unused bits. */
  private static Optional<byte[]> decode(String base64) {
    try {
      byte[] bytes = Base64.getDecoder().decode(base64);
      boolean canonical = Base64.getEncoder().encodeToString(bytes).equals(base64);
      return canonical ? Optional.of(bytes) : Optional.empty();
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static Role roleOf(String type) {
    return switch (type) {
      case Envelope.RELEASE -> Role.RELEASE;
      case Envelope.ORDER, Envelope.LOG_QUERY -> Role.ORDER;
      default -> throw new IllegalArgumentException("nobody may sign '" + type + "'");
    };
  }

  /** What strangers wrote, short enough for a log line. */
  private static String quote(String text) {
    String shown = text.length() > 80 ? text.substring(0, 80) + "…" : text;
    return "'" + shown.replaceAll("\\p{Cntrl}", "?") + "'";
  }
}
