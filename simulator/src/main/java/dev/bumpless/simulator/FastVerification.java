package dev.bumpless.simulator;

import java.security.Provider;
import java.security.Security;
import org.bouncycastle.jcajce.provider.asymmetric.edec.KeyFactorySpi;
import org.bouncycastle.jcajce.provider.asymmetric.edec.SignatureSpi;

/**
 * Ed25519 by Bouncy Castle for this process: each device verifies two signatures for an order, and
 * by the JDK a fleet's took a quarter of what all of the devices need (ADR 26). Everything else,
 * TLS above all, stays the JDK's.
 */
final class FastVerification extends Provider {
  private static final long serialVersionUID = 1L;

  private FastVerification() {
    super("BumplessSimulator", "1", "Ed25519 by Bouncy Castle");
    put("Signature.Ed25519", SignatureSpi.Ed25519.class.getName());
    put("KeyFactory.Ed25519", KeyFactorySpi.Ed25519.class.getName());
  }

  /** From now on, for whoever asks for no provider. */
  static void use() {
    Security.insertProviderAt(new FastVerification(), 1);
  }
}
