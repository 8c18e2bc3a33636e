package dev.bumpless.trust;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.InvalidKeyException;
import org.junit.jupiter.api.Test;

class SignerTest {
  /**
   * RFC 8032, section 7.1, test 1: the seed in PKCS #8 as openssl writes it, and its public key.
   */
  private static final String RFC_PEM =
      """
      -----BEGIN PRIVATE KEY-----
      MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g
      -----END PRIVATE KEY-----
      """;

  private static final String RFC_SPKI =
      "MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";

  @Test
  void findsThePublicKeyOfAPrivateOne() throws InvalidKeyException {
    Signer signer = Signer.fromPem(RFC_PEM);
    assertThat(signer.key()).isEqualTo(new TrustedKey("ed25519", RFC_SPKI));
    assertThat(signer.toPem()).isEqualTo(RFC_PEM);
  }

  @Test
  void isTheSameSignerAfterATripThroughItsPem() throws Exception {
    Signer before = Signer.generate();
    Signer after = Signer.fromPem(before.toPem());
    assertThat(after.key()).isEqualTo(before.key());
    Verifier verifier = new Verifier(Root.of(before.key(), Signer.generate().key()));
    verifier.verify(after.sign(Envelope.RELEASE, new byte[] {1}), Envelope.RELEASE);
  }

  @Test
  void neverShowsAKeyThatItCannotRead() {
    for (String pem :
        new String[] {
          "",
          "secret",
          "-----END PRIVATE KEY----------BEGIN PRIVATE KEY-----",
          RFC_PEM.replace("MC4", "!!!"),
          RFC_PEM.replace("MC4", "MC5"),
          RFC_PEM.replace("PRIVATE", "EC PRIVATE")
        }) {
      assertThatThrownBy(() -> Signer.fromPem(pem))
          .isInstanceOf(InvalidKeyException.class)
          .message()
          .doesNotContain("secret")
          .doesNotContain("J1hsZ3v");
    }
  }
}
