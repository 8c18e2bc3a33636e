package dev.bumpless.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.Security;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FastVerificationTest {
  private static final String ED25519 = "Ed25519";
  private static final byte[] MESSAGE = {1, 2, 3};

  private final KeyPair pair;
  private final byte[] signed;

  FastVerificationTest() throws GeneralSecurityException {
    this.pair = KeyPairGenerator.getInstance(ED25519).generateKeyPair();
    Signature signature = Signature.getInstance(ED25519);
    signature.initSign(pair.getPrivate());
    signature.update(MESSAGE);
    this.signed = signature.sign();
    FastVerification.use();
  }

  @AfterEach
  void useTheJdk() {
    Security.removeProvider("BumplessSimulator");
  }

  @Test
  void whatTheJdkSignedPasses() throws GeneralSecurityException {
    assertThat(passes(signed)).isTrue();
  }

  @Test
  void noChangedBitPasses() throws GeneralSecurityException {
    for (int bit = 0; bit < signed.length * 8; bit++) {
      byte[] changed = signed.clone();
      changed[bit / 8] ^= (byte) (1 << bit % 8);

      assertThat(passes(changed)).as("bit %d", bit).isFalse();
    }
  }

  @Test
  void tlsStaysTheJdks() throws GeneralSecurityException {
    assertThat(SSLContext.getDefault().getProvider().getName()).isEqualTo("SunJSSE");
    assertThat(Signature.getInstance("SHA256withECDSA").getProvider().getName()).isEqualTo("SunEC");
  }

  private boolean passes(byte[] candidate) throws GeneralSecurityException {
    PublicKey key =
        KeyFactory.getInstance(ED25519)
            .generatePublic(new X509EncodedKeySpec(pair.getPublic().getEncoded()));
    Signature signature = Signature.getInstance(ED25519);
    signature.initVerify(key);
    signature.update(MESSAGE);
    assertThat(signature.getProvider().getName()).isEqualTo("BumplessSimulator");
    return signature.verify(candidate);
  }
}
