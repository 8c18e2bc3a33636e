package dev.bumpless.agent.swap;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bumpless.manifest.ModbusLimits;
import dev.bumpless.manifest.Port;
import dev.bumpless.manifest.UdpFlows;
import dev.bumpless.router.table.Protocol;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RoutePlanTest {
  private static Port modbus(Optional<ModbusLimits> limits) {
    return new Port(
        Optional.empty(), 502, "plc", 5020, Port.Protocol.MODBUS, limits, Optional.empty());
  }

  @Test
  void what_the_manifest_says_of_a_route_is_what_the_router_reads() {
    String label = RoutePlan.label(modbus(Optional.of(new ModbusLimits(Duration.ofSeconds(2), 4))));

    Protocol read = Protocol.parse(label);
    assertThat(read.kind()).isEqualTo(Protocol.Kind.MODBUS);
    assertThat(read.answer()).isEqualTo(Duration.ofSeconds(2));
    assertThat(read.pipelined()).isEqualTo(4);
    assertThat(read).hasToString(label);
    assertThat(RoutePlan.protocol(label)).isEqualTo("modbus");
  }

  @Test
  void so_is_what_it_says_of_flows() {
    UdpFlows flows = new UdpFlows(Duration.ofSeconds(5), UdpFlows.Moves.IDLE);
    String label =
        RoutePlan.label(
            new Port(
                Optional.empty(),
                161,
                "snmp",
                161,
                Port.Protocol.UDP,
                Optional.empty(),
                Optional.of(flows)));

    Protocol read = Protocol.parse(label);
    assertThat(read.kind()).isEqualTo(Protocol.Kind.UDP);
    assertThat(read.idle()).isEqualTo(Duration.ofSeconds(5));
    assertThat(read.movesWhenIdle()).isTrue();
    assertThat(read).hasToString(label);
  }

  @Test
  void a_route_without_limits_has_the_routers() {
    assertThat(RoutePlan.label(modbus(Optional.empty()))).isEqualTo("modbus");
  }
}
