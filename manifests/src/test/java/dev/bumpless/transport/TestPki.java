package dev.bumpless.transport;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Key;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.SSLContext;

/**
 * A CA and certificates of one test run, made by the JDK's {@code keytool} in the layout of the
 * trust directory: {@code NAME.p12} with key, chain and CA, and {@code p12.password}.
 */
public final class TestPki {
  private static final String PASSWORD = "changeit";

  private final Path folder;

  /** Makes the CA. */
  public TestPki(Path folder) throws Exception {
    this.folder = folder;
    Files.writeString(folder.resolve("p12.password"), PASSWORD + "\n");
    genkey("ca", "ca", "bc:c=ca:true");
    exportCa();
  }

  /** Makes a certificate of that common name, good for 127.0.0.1 and localhost. */
  public void issue(String name) throws Exception {
    issue(name, "san=ip:127.0.0.1,dns:localhost");
  }

  public void issue(String name, String extension) throws Exception {
    genkey(name, "key", extension);
    Path request = folder.resolve(name + ".csr");
    Path certificate = folder.resolve(name + ".crt");
    keytool(name, "-certreq", "-alias", "key", "-file", request.toString());
    keytool(
        "ca",
        "-gencert",
        "-alias",
        "ca",
        "-infile",
        request.toString(),
        "-outfile",
        certificate.toString(),
        "-ext",
        extension,
        "-rfc",
        "-validity",
        "2");
    importCertificate(name, "ca", caCertificate());
    importCertificate(name, "key", certificate);
  }

  public SSLContext context(String name) throws IOException {
    return Tls.context(p12(name), folder.resolve("p12.password"));
  }

  public Path p12(String name) {
    return folder.resolve(name + ".p12");
  }

  public Path passwordFile() {
    return folder.resolve("p12.password");
  }

  /** PEM, for a broker that is not written in Java. */
  public Path caCertificate() {
    return folder.resolve("ca.crt");
  }

  /** PEM of the certificate. */
  public Path certificate(String name) {
    return folder.resolve(name + ".crt");
  }

  /** Writes the private key as PEM. */
  public Path privateKey(String name) throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(p12(name))) {
      store.load(in, PASSWORD.toCharArray());
    }
    Key key = store.getKey("key", PASSWORD.toCharArray());
    return pem(name + ".key", "PRIVATE KEY", key.getEncoded());
  }

  private void exportCa() throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(p12("ca"))) {
      store.load(in, PASSWORD.toCharArray());
    }
    Certificate certificate = store.getCertificate("ca");
    pem("ca.crt", "CERTIFICATE", certificate.getEncoded());
  }

  private Path pem(String file, String kind, byte[] der) throws IOException {
    String body = Base64.getMimeEncoder(64, "\n".getBytes(US_ASCII)).encodeToString(der);
    return Files.writeString(
        folder.resolve(file),
        "-----BEGIN " + kind + "-----\n" + body + "\n-----END " + kind + "-----\n");
  }

  private void genkey(String name, String alias, String extension) throws Exception {
    keytool(
        name,
        "-genkeypair",
        "-alias",
        alias,
        "-keyalg",
        "EC",
        "-groupname",
        "secp256r1",
        "-dname",
        "CN=" + name,
        "-validity",
        "2",
        "-ext",
        extension);
  }

  private void importCertificate(String name, String alias, Path certificate) throws Exception {
    keytool(name, "-importcert", "-noprompt", "-alias", alias, "-file", certificate.toString());
  }

  private void keytool(String store, String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(List.of(arguments));
    command.addAll(List.of("-keystore", p12(store).toString(), "-storepass", PASSWORD));
    command.addAll(List.of("-storetype", "PKCS12", "-J-XX:TieredStopAtLevel=1"));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), US_ASCII);
    if (process.waitFor() != 0) {
      throw new IOException("keytool failed: " + output);
    }
  }
}
