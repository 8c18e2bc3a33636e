package dev.bumpless.controller.broker;

import static com.hivemq.configuration.service.InternalConfigurations.QOS_0_MEMORY_LIMIT_PER_CLIENT_BYTES;

import com.hivemq.embedded.EmbeddedExtension;
import com.hivemq.embedded.EmbeddedHiveMQ;
import com.hivemq.extension.sdk.api.ExtensionMain;
import com.hivemq.extension.sdk.api.parameter.ExtensionStartInput;
import com.hivemq.extension.sdk.api.parameter.ExtensionStartOutput;
import com.hivemq.extension.sdk.api.parameter.ExtensionStopInput;
import com.hivemq.extension.sdk.api.parameter.ExtensionStopOutput;
import com.hivemq.extension.sdk.api.services.Services;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A running broker. It keeps nothing on disk but its configuration: devices and controller ask
 * again for what they need after each connect.
 */
public final class EmbeddedBroker implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** What may wait for a client and is not confirmed: the fleet's reports, some 2 kB each. */
  private static final int UNCONFIRMED_BYTES = 32 << 20;

  private final EmbeddedHiveMQ broker;

  private EmbeddedBroker(EmbeddedHiveMQ broker) {
    this.broker = broker;
  }

  /**
   * What the broker needs.
   *
   * @param folder for its configuration, made where missing, 0700
   * @param keyStore PKCS#12 with the server's key and chain
   * @param ca PEM of the only authority whose clients are let in
   */
  public record Settings(
      Path folder, String address, int port, Path keyStore, String keyPassword, Path ca) {}

  /** Returns when it listens; throws IOException when it does not within a minute. */
  public static EmbeddedBroker start(Settings settings) throws IOException {
    return start(settings, BrokerXml.QUEUE);
  }

  static EmbeddedBroker start(Settings settings, int queue) throws IOException {
    Path conf = folder(settings.folder().resolve("conf"));
    Path trustStore = conf.resolve("trust.p12");
    String trustPassword = UUID.randomUUID().toString();
    writeTrustStore(trustStore, trustPassword, settings.ca());
    BrokerXml xml =
        new BrokerXml(
            settings.address(),
            settings.port(),
            settings.keyStore().toAbsolutePath(),
            settings.keyPassword(),
            trustStore.toAbsolutePath(),
            trustPassword,
            queue);
    writePrivate(conf.resolve("config.xml"), xml.text().getBytes(StandardCharsets.UTF_8));
    QOS_0_MEMORY_LIMIT_PER_CLIENT_BYTES.set(UNCONFIRMED_BYTES);
    EmbeddedHiveMQ broker =
        EmbeddedHiveMQ.builder()
            .withConfigurationFolder(conf)
            .withDataFolder(folder(settings.folder().resolve("data")))
            .withExtensionsFolder(folder(settings.folder().resolve("extensions")))
            .withEmbeddedExtension(security())
            .withoutLoggingBootstrap()
            .build();
    try {
      broker.start().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      return new EmbeddedBroker(broker);
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException(
          "the broker did not start on %s:%d; is the port free?"
              .formatted(settings.address(), settings.port()),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while the broker was starting", e);
    }
  }

  private static EmbeddedExtension security() {
    return EmbeddedExtension.builder()
        .withId("bumpless-security")
        .withName("Rights derived from certificates")
        .withVersion("1")
        .withPriority(0)
        .withStartPriority(1000)
        .withExtensionMain(new SecurityExtension())
        .build();
  }

  private static final class SecurityExtension implements ExtensionMain {
    @Override
    public void extensionStart(ExtensionStartInput input, ExtensionStartOutput output) {
      CertificateAuthorizer authorizer = new CertificateAuthorizer();
      CertificateAuthenticator authenticator = new CertificateAuthenticator();
      Services.securityRegistry().setAuthenticatorProvider(client -> authenticator);
      Services.securityRegistry().setAuthorizerProvider(client -> authorizer);
    }

    @Override
    public void extensionStop(ExtensionStopInput input, ExtensionStopOutput output) {}
  }

  private static void writeTrustStore(Path file, String password, Path ca) throws IOException {
    try (InputStream in = Files.newInputStream(ca)) {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setCertificateEntry(
          "ca", CertificateFactory.getInstance("X.509").generateCertificate(in));
      writePrivate(file, new byte[0]);
      try (OutputStream out = Files.newOutputStream(file)) {
        store.store(out, password.toCharArray());
      }
    } catch (GeneralSecurityException e) {
      throw new IOException("cannot read the authority in " + ca, e);
    }
  }

  private static Path folder(Path path) throws IOException {
    return Files.createDirectories(
        path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
  }

  private static void writePrivate(Path file, byte[] bytes) throws IOException {
    Files.deleteIfExists(file);
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.write(file, bytes, StandardOpenOption.WRITE);
  }

  @Override
  public void close() {
    try {
      broker.close();
    } catch (ExecutionException e) {
      throw new IllegalStateException("the broker did not stop", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
