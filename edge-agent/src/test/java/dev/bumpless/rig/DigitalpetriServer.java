package dev.bumpless.rig;

import com.digitalpetri.modbus.server.ModbusTcpServer;
import com.digitalpetri.modbus.server.ProcessImage;
import com.digitalpetri.modbus.server.ReadWriteModbusServices;
import com.digitalpetri.modbus.tcp.server.NettyTcpServerTransport;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * digitalpetri's server as a program, with what all the rig's servers have: 256 coils and 2,000
 * holding registers, of which 1990 tells its version and 1900 counts by itself, ten a second.
 */
public final class DigitalpetriServer {
  private static final int COILS = 256;
  private static final int REGISTERS = 2_000;
  private static final int COUNT = 1_900;
  private static final int VERSION = 1_990;
  private static final long TICK_MILLIS = 100;

  private DigitalpetriServer() {}

  /**
   * @param args address, port, version
   */
  public static void main(String[] args) throws Exception {
    ProcessImage image = image(Integer.parseInt(args[2]));
    ModbusTcpServer server =
        ModbusTcpServer.create(
            NettyTcpServerTransport.create(
                config -> config.setBindAddress(args[0]).setPort(Integer.parseInt(args[1]))),
            new ReadWriteModbusServices() {
              @Override
              protected Optional<ProcessImage> getProcessImage(int unit) {
                return Optional.of(image);
              }
            });
    server.start();
    Executors.newSingleThreadScheduledExecutor()
        .scheduleAtFixedRate(() -> count(image), TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS)
        .get();
  }

  private static ProcessImage image(int version) {
    ProcessImage image = new ProcessImage();
    image.with(
        transaction -> {
          transaction.writeCoils(
              coils -> {
                for (int i = 0; i < COILS; i++) {
                  coils.put(i, false);
                }
              });
          transaction.writeHoldingRegisters(
              registers -> {
                for (int i = 0; i < REGISTERS; i++) {
                  put(registers, i, i == VERSION ? version : 0);
                }
              });
        });
    return image;
  }

  private static void count(ProcessImage image) {
    image.with(
        transaction ->
            transaction.writeHoldingRegisters(
                registers -> {
                  byte[] now = registers.get(COUNT);
                  put(registers, COUNT, (((now[0] & 0xFF) << 8) | (now[1] & 0xFF)) + 1);
                }));
  }

  private static void put(Map<Integer, byte[]> registers, int address, int value) {
    registers.put(address, new byte[] {(byte) (value >> 8), (byte) value});
  }
}
