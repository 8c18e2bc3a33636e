package dev.bumpless.router.modbus;

import dev.bumpless.router.net.Connection;
import dev.bumpless.router.net.Front;
import dev.bumpless.router.net.Loops;
import dev.bumpless.router.table.Endpoint;
import dev.bumpless.router.table.Gate;
import io.netty.channel.socket.SocketChannel;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Puts a {@link ModbusConnection} on each master's channel. */
public final class ModbusFront implements Front {
  private final Loops loops;
  private final ModbusLimits limits;
  private final Front relay;
  private final WriteWatch watch;
  private final Map<Endpoint, Units> units = new ConcurrentHashMap<>();

  /**
   * @param relay for what turns out to be no Modbus
   * @param watch told of what masters write
   */
  public ModbusFront(Loops loops, ModbusLimits limits, Front relay, WriteWatch watch) {
    this.loops = loops;
    this.limits = limits;
    this.relay = relay;
    this.watch = watch;
  }

  @Override
  public Connection open(SocketChannel client, Endpoint route, Gate gate) {
    Units known = units.computeIfAbsent(route, key -> new Units());
    ModbusConnection connection =
        new ModbusConnection(client, route, gate, loops, limits, known, relay, watch);
    connection.start();
    return connection;
  }
}
