package dev.bumpless.controller.enrol;

import dev.bumpless.manifest.App;
import dev.bumpless.protocol.DeviceId;
import dev.bumpless.protocol.MessageCodec;
import dev.bumpless.trust.Root;
import dev.bumpless.trust.Signer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Makes the trust directory of an installation, or adds to it what is missing. A key that exists is
 * never made anew; the controller's certificate is, with the same key, when it has to serve under
 * another name. Files 0600, folders 0700.
 */
public final class Init {
  private static final List<String> LOOPBACK = List.of("localhost", "127.0.0.1");

  private final TrustDirectory directory;
  private final Instant now;
  private final MessageCodec codec = new MessageCodec(new NoApps());
  private final List<String> made = new ArrayList<>();

  private Init(TrustDirectory directory, Instant now) {
    this.directory = directory;
    this.now = now;
  }

  /**
   * @param hosts names and addresses, besides loopback, under which the controller is reached
   * @return what was made, for a person; empty where everything was there
   */
  public static List<String> run(
      Path folder, List<DeviceId> devices, List<String> hosts, Instant now) throws IOException {
    Init init = new Init(new TrustDirectory(folder.toAbsolutePath()), now);
    init.make(devices, hosts);
    return List.copyOf(init.made);
  }

  private void make(List<DeviceId> devices, List<String> hosts) throws IOException {
    if (devices.contains(new DeviceId(TrustDirectory.CONTROLLER))) {
      throw new IllegalArgumentException(
          "'controller' is no device's name: it is the controller's");
    }
    PrivateFile.folder(directory.path());
    Authority authority = authority();
    signingKeys();
    Set<String> names = new LinkedHashSet<>(LOOPBACK);
    names.addAll(hosts);
    controller(authority, names);
    for (DeviceId device : devices) {
      device(authority, device);
    }
  }

  private Authority authority() throws IOException {
    if (Files.exists(directory.caKey())) {
      return new Authority(Pem.certificate(directory.ca()), Pem.key(directory.caKey()));
    }
    Authority authority = Authority.create(now);
    PrivateFile.write(directory.ca(), Pem.of(authority.certificate()));
    PrivateFile.write(directory.caKey(), Pem.of(authority.key()));
    made.add("certificate authority");
    return authority;
  }

  private void signingKeys() throws IOException {
    if (Files.exists(directory.root())) {
      return;
    }
    PrivateFile.folder(directory.keys());
    Signer release = signer(directory.releaseKey());
    Signer order = signer(directory.orderKey());
    PrivateFile.write(directory.root(), codec.encode(Root.of(release.key(), order.key())));
    made.add("release key and order key");
  }

  private void controller(Authority authority, Set<String> names) throws IOException {
    Path store = directory.controllerStore();
    PrivateFile.folder(directory.path().resolve(TrustDirectory.CONTROLLER));
    if (!Files.exists(store)) {
      writeStore(store, authority, TrustDirectory.CONTROLLER, Authority.keyPair(), names);
      made.add("controller certificate for " + String.join(", ", names));
    } else {
      addNames(store, authority, names);
    }
    if (!Files.exists(directory.token())) {
      PrivateFile.write(directory.token(), (random() + "\n").getBytes(StandardCharsets.US_ASCII));
      made.add("REST token");
    }
  }

  private void addNames(Path file, Authority authority, Set<String> names) throws IOException {
    char[] password = password(file);
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      try (InputStream in = Files.newInputStream(file)) {
        store.load(in, password);
      }
      X509Certificate old = (X509Certificate) store.getCertificate(TrustDirectory.CONTROLLER);
      Set<String> all = new LinkedHashSet<>();
      if (old.getSubjectAlternativeNames() != null) {
        old.getSubjectAlternativeNames().forEach(name -> all.add(String.valueOf(name.get(1))));
      }
      if (all.addAll(names)) {
        PrivateKey key = (PrivateKey) store.getKey(TrustDirectory.CONTROLLER, password);
        writeStore(
            file, authority, TrustDirectory.CONTROLLER, new KeyPair(old.getPublicKey(), key), all);
        made.add("controller certificate for " + String.join(", ", all));
      }
    } catch (GeneralSecurityException e) {
      throw new IOException("cannot read " + file, e);
    }
  }

  private void device(Authority authority, DeviceId id) throws IOException {
    Path folder = directory.device(id);
    Path store = folder.resolve("device.p12");
    if (Files.exists(store)) {
      return;
    }
    PrivateFile.folder(folder);
    PrivateFile.write(folder.resolve("ca.crt"), Files.readAllBytes(directory.ca()));
    PrivateFile.write(folder.resolve("root.json"), Files.readAllBytes(directory.root()));
    writeStore(store, authority, id.value(), Authority.keyPair(), List.of());
    made.add("device " + id);
  }

  /** Key and chain under the common name, and the authority under {@code ca}. */
  private void writeStore(
      Path file, Authority authority, String commonName, KeyPair pair, Collection<String> hosts)
      throws IOException {
    X509Certificate certificate =
        authority.issue(commonName, pair.getPublic(), List.copyOf(hosts), now);
    char[] password = password(file);
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setKeyEntry(
          commonName,
          pair.getPrivate(),
          password,
          new Certificate[] {certificate, authority.certificate()});
      store.setCertificateEntry("ca", authority.certificate());
      try (ByteArrayOutputStream out = new ByteArrayOutputStream()) {
        store.store(out, password);
        PrivateFile.write(file, out.toByteArray());
      }
    } catch (GeneralSecurityException e) {
      throw new IOException("cannot write " + file, e);
    }
  }

  private static char[] password(Path store) throws IOException {
    Path file = TrustDirectory.passwordOf(store);
    if (!Files.exists(file)) {
      PrivateFile.write(file, (random() + "\n").getBytes(StandardCharsets.US_ASCII));
    }
    return Files.readString(file).strip().toCharArray();
  }

  private static Signer signer(Path file) throws IOException {
    if (Files.exists(file)) {
      return LocalKeys.read(file);
    }
    Signer signer = Signer.generate();
    PrivateFile.write(file, signer.toPem().getBytes(StandardCharsets.US_ASCII));
    return signer;
  }

  /** Base64url of 32 random bytes. */
  static String random() {
    byte[] bytes = new byte[32];
    new SecureRandom().nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /** Nothing that is written here holds an app. */
  private static final class NoApps implements MessageCodec.AppText {
    @Override
    public String write(App app) {
      throw new IllegalArgumentException("a trust directory holds no apps");
    }

    @Override
    public App parse(String text) {
      throw new IllegalArgumentException("a trust directory holds no apps");
    }
  }
}
