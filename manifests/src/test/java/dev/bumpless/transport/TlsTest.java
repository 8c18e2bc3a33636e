package dev.bumpless.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsTest {
  @Test
  void readsWhatEnrolmentWritesAndSaysWhatIsWrongElse(@TempDir Path folder) throws Exception {
    TestPki pki = new TestPki(folder);
    pki.issue("dev-1");
    assertThat(pki.context("dev-1")).isNotNull();

    Path wrong = Files.writeString(folder.resolve("wrong"), "not it");
    assertThatThrownBy(() -> Tls.context(pki.p12("dev-1"), wrong)).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> Tls.context(folder.resolve("nothing"), pki.passwordFile()))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("nothing");
    assertThatThrownBy(() -> Tls.context(wrong, pki.passwordFile()))
        .isInstanceOf(IOException.class);
  }

  @Test
  void refusesAKeyStoreWithoutTheCa(@TempDir Path folder) throws Exception {
    TestPki pki = new TestPki(folder);
    pki.issue("dev-1");
    Path p12 = pki.p12("dev-1");
    java.security.KeyStore store = java.security.KeyStore.getInstance("PKCS12");
    try (var in = Files.newInputStream(p12)) {
      store.load(in, "changeit".toCharArray());
    }
    store.deleteEntry("ca");
    try (var out = Files.newOutputStream(p12)) {
      store.store(out, "changeit".toCharArray());
    }
    assertThatThrownBy(() -> pki.context("dev-1"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("alias 'ca'");
  }
}
