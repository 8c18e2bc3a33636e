package dev.bumpless.trust;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.bumpless.trust.UntrustedException.Code;
import java.math.BigInteger;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class VerifierTest {
  private static final byte[] BODY = "{\"what\":\"body\"}".getBytes(UTF_8);

  private final Signer release = Signer.generate();
  private final Signer order = Signer.generate();
  private final Signer stranger = Signer.generate();
  private final Verifier verifier = new Verifier(Root.of(release.key(), order.key()));

  @Test
  void encodesAsTheSpecificationsExample() {
    assertThat(
            Ed25519.preAuthenticationEncoding(
                "http://example.com/HelloWorld", "hello world".getBytes(UTF_8)))
        .asString(UTF_8)
        .isEqualTo("DSSEv1 29 http://example.com/HelloWorld 11 hello world");
  }

  @Test
  void countsTheTypeInBytes() {
    assertThat(Ed25519.preAuthenticationEncoding("é", new byte[] {1}))
        .isEqualTo("DSSEv1 2 é 1 \u0001".getBytes(UTF_8));
  }

  @Test
  void handsOutTheBytesThatTheRightRoleSigned() throws UntrustedException {
    assertThat(verifier.verify(order.sign(Envelope.ORDER, BODY), Envelope.ORDER)).isEqualTo(BODY);
    assertThat(verifier.verify(release.sign(Envelope.RELEASE, BODY), Envelope.RELEASE))
        .isEqualTo(BODY);
    assertThat(verifier.verify(order.sign(Envelope.LOG_QUERY, BODY), Envelope.LOG_QUERY))
        .isEqualTo(BODY);
  }

  @Test
  void refusesWhatNobodySigned() {
    refuses(new Envelope(Envelope.ORDER, base64(BODY), List.of()), Code.UNSIGNED);
  }

  @Test
  void refusesAnotherType() {
    refuses(release.sign(Envelope.RELEASE, BODY), Code.WRONG_TYPE);
  }

  @Test
  void refusesATypeThatWasChangedAfterwards() {
    Envelope query = order.sign(Envelope.LOG_QUERY, BODY);
    refuses(new Envelope(Envelope.ORDER, query.payload(), query.signatures()), Code.BAD_SIGNATURE);
  }

  @Test
  void refusesABodyThatWasChangedAfterwards() {
    Envelope signed = order.sign(Envelope.ORDER, BODY);
    byte[] other = BODY.clone();
    other[2] ^= 1;
    refuses(new Envelope(Envelope.ORDER, base64(other), signed.signatures()), Code.BAD_SIGNATURE);
  }

  @Test
  void refusesAStranger() {
    refuses(stranger.sign(Envelope.ORDER, BODY), Code.UNKNOWN_KEY);
  }

  @Test
  void refusesAStrangerUnderATrustedName() {
    Envelope signed = stranger.sign(Envelope.ORDER, BODY);
    refuses(withKeyId(signed, order.key().id()), Code.BAD_SIGNATURE);
  }

  @Test
  void refusesTheKeyOfAnotherRole() {
    refuses(release.sign(Envelope.ORDER, BODY), Code.WRONG_ROLE);
  }

  @Test
  void takesABadSignatureBesideEnoughGoodOnes() throws UntrustedException {
    Envelope both = order.addTo(stranger.sign(Envelope.ORDER, BODY));
    assertThat(verifier.verify(both, Envelope.ORDER)).isEqualTo(BODY);
  }

  @Test
  void countsAKeyOnceHoweverOftenItSigns() throws UntrustedException {
    Signer second = Signer.generate();
    Root twoOfTwo =
        new Root(
            1,
            Map.of(
                Root.Role.RELEASE,
                new Root.Rule(List.of(release.key()), 1),
                Root.Role.ORDER,
                new Root.Rule(List.of(order.key(), second.key()), 2)));
    Verifier strict = new Verifier(twoOfTwo);
    Envelope once = order.sign(Envelope.ORDER, BODY);
    assertCode(strict, once, Code.THRESHOLD);
    assertCode(strict, order.addTo(order.addTo(once)), Code.THRESHOLD);
    assertCode(strict, stranger.addTo(once), Code.THRESHOLD);
    assertThat(strict.verify(second.addTo(once), Envelope.ORDER)).isEqualTo(BODY);
  }

  @Test
  void refusesTheOtherFormsOfAGoodSignature() {
    Envelope signed = order.sign(Envelope.ORDER, BODY);
    byte[] sig = Base64.getDecoder().decode(signed.signatures().get(0).sig());
    refuses(withSig(signed, base64(plusGroupOrder(sig))), Code.BAD_SIGNATURE);
    refuses(withSig(signed, base64(java.util.Arrays.copyOf(sig, 63))), Code.BAD_SIGNATURE);
    refuses(withSig(signed, base64(java.util.Arrays.copyOf(sig, 65))), Code.BAD_SIGNATURE);
    refuses(withSig(signed, base64(sig).replace("=", "")), Code.BAD_SIGNATURE);
    refuses(withSig(signed, base64(sig) + "\n"), Code.BAD_SIGNATURE);
    refuses(withSig(signed, "-" + base64(sig).substring(1)), Code.BAD_SIGNATURE);
    refuses(withSig(signed, ""), Code.BAD_SIGNATURE);
  }

  @Test
  void refusesTheOtherFormsOfAPayload() {
    Envelope signed = order.sign(Envelope.ORDER, "x".getBytes(UTF_8));
    assertThat(signed.payload()).isEqualTo("eA==");
    for (String other : List.of("eA", "eB==", "eA==\n", "e A=", "eA==eA==")) {
      refuses(new Envelope(Envelope.ORDER, other, signed.signatures()), Code.MALFORMED);
    }
  }

  @Test
  void refusesEndlessPayloadsAndSignatures() {
    refuses(order.sign(Envelope.ORDER, new byte[10 << 20]), Code.TOO_LARGE);
    Envelope signed = order.sign(Envelope.ORDER, BODY);
    refuses(
        new Envelope(
            Envelope.ORDER,
            signed.payload(),
            Collections.nCopies(1000, signed.signatures().get(0))),
        Code.TOO_LARGE);
  }

  @Test
  void showsLittleOfWhatStrangersWrote() {
    Envelope nasty = withKeyId(stranger.sign(Envelope.ORDER, BODY), "a\u001b[2J\n".repeat(100));
    assertThatThrownBy(() -> verifier.verify(nasty, Envelope.ORDER))
        .message()
        .hasSizeLessThan(200)
        .doesNotContain("\n", "\u001b");
  }

  private void refuses(Envelope envelope, Code code) {
    assertCode(verifier, envelope, code);
  }

  private static void assertCode(Verifier verifier, Envelope envelope, Code code) {
    assertThatThrownBy(() -> verifier.verify(envelope, Envelope.ORDER))
        .asInstanceOf(type(UntrustedException.class))
        .extracting(UntrustedException::code)
        .isEqualTo(code);
  }

  private static Envelope withKeyId(Envelope envelope, String keyId) {
    Envelope.Signature first = envelope.signatures().get(0);
    return new Envelope(
        envelope.payloadType(),
        envelope.payload(),
        List.of(new Envelope.Signature(keyId, first.sig())));
  }

  private static Envelope withSig(Envelope envelope, String sig) {
    Envelope.Signature first = envelope.signatures().get(0);
    return new Envelope(
        envelope.payloadType(),
        envelope.payload(),
        List.of(new Envelope.Signature(first.keyid(), sig)));
  }

  /** S + L, little endian in the second half: mathematically the same signature. */
  private static byte[] plusGroupOrder(byte[] sig) {
    BigInteger order =
        BigInteger.TWO.pow(252).add(new BigInteger("27742317777372353535851937790883648493"));
    byte[] half = new byte[32];
    for (int i = 0; i < 32; i++) {
      half[i] = sig[63 - i];
    }
    byte[] sum = new BigInteger(1, half).add(order).toByteArray();
    byte[] result = sig.clone();
    for (int i = 0; i < 32; i++) {
      result[32 + i] = i < sum.length ? sum[sum.length - 1 - i] : 0;
    }
    return result;
  }

  private static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }
}
