package dev.bumpless.transport;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** Who this side is and whom it believes, out of the files that enrolment made. */
public final class Tls {
  /** Under this alias a key store holds the CA, the only one that is trusted. */
  public static final String CA_ALIAS = "ca";

  private Tls() {}

  /** What a context is made of, for libraries that make it themselves. */
  public record Managers(KeyManagerFactory keys, TrustManagerFactory trust) {}

  /**
   * A context for either side of a connection.
   *
   * @param p12 PKCS #12 with one key and its chain, and the CA under {@link #CA_ALIAS}
   * @param passwordFile holds the password of the key store and of the key; a line break at its end
   *     does not count
   * @throws IOException where a file is missing, unreadable, or holds something else
   */
  public static SSLContext context(Path p12, Path passwordFile) throws IOException {
    Managers managers = managers(p12, passwordFile);
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(managers.keys().getKeyManagers(), managers.trust().getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException e) {
      throw unusable(p12, e);
    }
  }

  /** As {@link #context}, before it is put together. */
  public static Managers managers(Path p12, Path passwordFile) throws IOException {
    char[] password = Files.readString(passwordFile).stripTrailing().toCharArray();
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      try (InputStream in = Files.newInputStream(p12)) {
        store.load(in, password);
      }
      KeyManagerFactory keys =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(store, password);
      return new Managers(keys, trustIn(store, p12));
    } catch (GeneralSecurityException e) {
      throw unusable(p12, e);
    }
  }

  private static IOException unusable(Path p12, GeneralSecurityException why) {
    return new IOException("cannot use " + p12 + " for TLS: " + why.getMessage(), why);
  }

  private static TrustManagerFactory trustIn(KeyStore store, Path p12)
      throws GeneralSecurityException, IOException {
    Certificate ca = store.getCertificate(CA_ALIAS);
    if (ca == null) {
      throw new GeneralSecurityException(
          "it holds no certificate under the alias '"
              + CA_ALIAS
              + "'; "
              + p12
              + " is another kind"
              + " of key store or was made by hand");
    }
    KeyStore caAlone = KeyStore.getInstance("PKCS12");
    caAlone.load(null, null);
    caAlone.setCertificateEntry(CA_ALIAS, ca);
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(caAlone);
    return trust;
  }
}
