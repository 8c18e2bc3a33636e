package dev.bumpless.trust;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RootTest {
  private final TrustedKey one = Signer.generate().key();
  private final TrustedKey two = Signer.generate().key();

  @Test
  void letsNoKeyHaveTwoRoles() {
    assertThatThrownBy(() -> Root.of(one, one)).hasMessageContaining("two roles");
  }

  @Test
  void knowsNoThresholdThatCannotBeReachedOrNeedsNobody() {
    assertThatThrownBy(() -> new Root.Rule(List.of(one, two), 3)).hasMessageContaining("1 to 2");
    assertThatThrownBy(() -> new Root.Rule(List.of(one, two), 0)).hasMessageContaining("1 to 2");
    assertThatThrownBy(() -> new Root.Rule(List.of(), 0)).hasMessageContaining("threshold");
    assertThatThrownBy(() -> new Root.Rule(List.of(one, one), 2)).hasMessageContaining("twice");
  }

  @Test
  void needsEveryRoleAndAVersion() {
    Root.Rule rule = new Root.Rule(List.of(one), 1);
    assertThatThrownBy(() -> new Root(1, Map.of(Root.Role.ORDER, rule)))
        .hasMessageContaining("RELEASE");
    assertThatThrownBy(() -> new Root(0, Map.of(Root.Role.ORDER, rule)))
        .hasMessageContaining("version");
  }

  @Test
  void takesNoKeyOfAnotherKindOrForm() {
    assertThatThrownBy(() -> new TrustedKey("rsa", one.spki())).hasMessageContaining("ed25519");
    assertThatThrownBy(() -> new TrustedKey("ed25519", "AAAA")).hasMessageContaining("no Ed25519");
    assertThatThrownBy(() -> new TrustedKey("ed25519", one.spki().replace("=", "")))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
