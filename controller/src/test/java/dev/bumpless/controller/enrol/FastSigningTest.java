package dev.bumpless.controller.enrol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bumpless.trust.Envelope;
import dev.bumpless.trust.Signer;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FastSigningTest {

  /** RFC 8032, section 7.1, test 3. */
  @Test
  void signsAsTheStandardShows() {
    HexFormat hex = HexFormat.of();
    byte[] seed = hex.parseHex("c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7");

    assertThat(new FastSigning(seed).sign(hex.parseHex("af82")))
        .asHexString()
        .isEqualToIgnoringCase(
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
                + "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a");
  }

  @Test
  void signsAsTheJdkDoes() {
    Random random = new Random(8032);
    for (int length = 0; length < 3_000; length += 97) {
      byte[] message = new byte[length];
      random.nextBytes(message);
      Signer signer = Signer.generate();

      assertThat(signer.by(FastSigning::new).sign(Envelope.ORDER, message))
          .isEqualTo(signer.sign(Envelope.ORDER, message));
    }
  }
}
