package dev.bumpless.router.modbus.interop;

import com.digitalpetri.modbus.server.ModbusTcpServer;
import com.digitalpetri.modbus.server.ProcessImage;
import com.digitalpetri.modbus.server.ReadWriteModbusServices;
import com.digitalpetri.modbus.tcp.server.NettyTcpServerTransport;
import com.ghgande.j2mod.modbus.procimg.SimpleProcessImage;
import com.ghgande.j2mod.modbus.procimg.SimpleRegister;
import com.ghgande.j2mod.modbus.slave.ModbusSlave;
import com.ghgande.j2mod.modbus.slave.ModbusSlaveFactory;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Starts a server on a port of the loopback; holding register 0 tells its version. */
enum Servers {
  PYMODBUS {
    @Override
    AutoCloseable start(Path folder, int port, int version) throws Exception {
      Path script = Program.script(folder, "server.py");
      return Program.start(
          List.of("/usr/bin/python3", script.toString(), "" + port, "" + version), line -> {});
    }
  },
  LIBMODBUS {
    @Override
    AutoCloseable start(Path folder, int port, int version) throws Exception {
      Path program = Program.compiled(folder, "server");
      return Program.start(List.of(program.toString(), "" + port, "" + version), line -> {});
    }
  },
  J2MOD {
    @Override
    AutoCloseable start(Path folder, int port, int version) throws Exception {
      SimpleProcessImage image = new SimpleProcessImage();
      image.addRegister(new SimpleRegister(version));
      for (int i = 1; i < REGISTERS; i++) {
        image.addRegister(new SimpleRegister(0));
      }
      ModbusSlave slave =
          ModbusSlaveFactory.createTCPSlave(InetAddress.getLoopbackAddress(), port, 20, false);
      slave.addProcessImage(1, image);
      slave.open();
      return () -> ModbusSlaveFactory.close(slave);
    }
  },
  DIGITALPETRI {
    @Override
    AutoCloseable start(Path folder, int port, int version) throws Exception {
      ProcessImage image = new ProcessImage();
      image.with(
          transaction ->
              transaction.writeHoldingRegisters(
                  registers -> {
                    for (int i = 0; i < REGISTERS; i++) {
                      registers.put(i, new byte[] {0, (byte) (i == 0 ? version : 0)});
                    }
                  }));
      ReadWriteModbusServices services =
          new ReadWriteModbusServices() {
            @Override
            protected Optional<ProcessImage> getProcessImage(int unit) {
              return Optional.of(image);
            }
          };
      ModbusTcpServer server =
          ModbusTcpServer.create(
              NettyTcpServerTransport.create(
                  config -> config.setBindAddress("127.0.0.1").setPort(port)),
              services);
      server.start();
      return server::stop;
    }
  };

  private static final int REGISTERS = 2_000;

  abstract AutoCloseable start(Path folder, int port, int version) throws Exception;
}
