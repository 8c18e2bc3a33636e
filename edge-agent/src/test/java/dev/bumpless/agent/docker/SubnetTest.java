package dev.bumpless.agent.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SubnetTest {
  @ParameterizedTest
  @ValueSource(strings = {"172.30.1.0/24", "0.0.0.0/0", "255.255.255.255/32", "10.0.0.0/8"})
  void what_is_parsed_is_printed_the_same(String text) {
    assertThat(Subnet.parse(text)).hasToString(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"172.30.1.1/24", "172.30.1.0", "172.30.1.0/33", "256.0.0.0/8", "fd00::/8", ""})
  void what_is_no_network_is_refused(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> Subnet.parse(text));
  }

  @ParameterizedTest
  @CsvSource({
    "172.30.1.0/24, 172.30.1.0/25, true",
    "172.30.0.0/16, 172.30.1.0/24, true",
    "172.30.1.0/24, 172.30.2.0/24, false",
    "128.0.0.0/1, 192.168.0.0/16, true",
    "0.0.0.0/1, 192.168.0.0/16, false"
  })
  void overlap_goes_both_ways(String one, String other, boolean overlaps) {
    assertThat(Subnet.parse(one).overlaps(Subnet.parse(other))).isEqualTo(overlaps);
    assertThat(Subnet.parse(other).overlaps(Subnet.parse(one))).isEqualTo(overlaps);
  }

  @Test
  void halves_lie_side_by_side() {
    Subnet whole = Subnet.parse("172.30.1.0/24");

    assertThat(whole.lowerHalf()).hasToString("172.30.1.0/25");
    assertThat(whole.upperHalf()).hasToString("172.30.1.128/25");
    assertThat(whole.upperHalf().gateway()).isEqualTo("172.30.1.129");
  }

  @Test
  void the_lowest_free_address_leaves_out_network_gateway_broadcast_and_what_is_taken() {
    Subnet small = Subnet.parse("10.0.0.0/29");

    assertThat(small.lowestFree(Set.of()::contains)).contains("10.0.0.2");
    assertThat(small.lowestFree(Set.of("10.0.0.2", "10.0.0.4")::contains)).contains("10.0.0.3");
    assertThat(
            small.lowestFree(
                Set.of("10.0.0.2", "10.0.0.3", "10.0.0.4", "10.0.0.5", "10.0.0.6")::contains))
        .isEmpty();
  }

  @Test
  void parts_are_as_small_as_their_containers_allow() {
    Subnet room = Subnet.parse("172.30.1.128/25");

    assertThat(room.lowestFreePart(5, part -> false)).contains(Subnet.parse("172.30.1.128/29"));
    assertThat(room.lowestFreePart(6, part -> false)).contains(Subnet.parse("172.30.1.128/28"));
    assertThat(room.lowestFreePart(2, Subnet.parse("172.30.1.128/28")::overlaps))
        .contains(Subnet.parse("172.30.1.144/29"));
    assertThat(room.lowestFreePart(2, part -> true)).isEmpty();
    assertThat(room.lowestFreePart(200, part -> false)).isEmpty();
  }
}
