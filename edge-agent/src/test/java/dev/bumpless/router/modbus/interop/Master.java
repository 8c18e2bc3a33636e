package dev.bumpless.router.modbus.interop;

import com.digitalpetri.modbus.client.ModbusTcpClient;
import com.digitalpetri.modbus.pdu.ReadHoldingRegistersRequest;
import com.digitalpetri.modbus.pdu.WriteSingleRegisterRequest;
import com.digitalpetri.modbus.tcp.client.NettyTcpClientTransport;
import com.ghgande.j2mod.modbus.facade.ModbusTCPMaster;
import com.ghgande.j2mod.modbus.procimg.SimpleRegister;
import dev.bumpless.rig.ModbusServer;
import dev.bumpless.rig.Program;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A master at work on one connection until it is stopped: it asks for the version of who serves,
 * and looks whether what it wrote last to a register of its own is still there.
 */
final class Master {
  private static final int VERSION = ModbusServer.VERSION;

  private final String name;
  private final Map<Integer, AtomicLong> byVersion = new ConcurrentHashMap<>();
  private final Queue<String> failures = new ConcurrentLinkedQueue<>();
  private volatile boolean stopped;
  private AutoCloseable work = () -> {};

  private Master(String name) {
    this.name = name;
  }

  /** One of each kind. */
  static List<Master> all(Path folder, int port) throws Exception {
    Path library = Program.script(folder, "master.c");
    return List.of(
        program("libmodbus", Program.compiled(folder, library).toString(), "" + port),
        program(
            "pymodbus", "/usr/bin/python3", "" + Program.script(folder, "master.py"), "" + port),
        program("modbus-serial", NodePrograms.modbusSerial(folder, port)),
        program("Node-RED", NodePrograms.nodeRed(folder, port)),
        program(
            "mbpoll",
            "stdbuf -oL mbpoll -m tcp -a 1 -t 4 -0 -r %d -c 1 -l 20 -p %d 127.0.0.1"
                .formatted(VERSION, port)
                .split(" ")),
        looping("j2mod", master -> master.j2mod(port)),
        looping("digitalpetri", master -> master.digitalpetri(port)));
  }

  private static Master program(String name, String... words) throws Exception {
    Master master = new Master(name);
    master.work = Program.start(List.of(words), master::line);
    return master;
  }

  private void line(String line) {
    if (line.startsWith("version ")) {
      saw(Integer.parseInt(line.substring(8)));
    } else if (line.startsWith("[" + VERSION + "]:")) {
      saw(Integer.parseInt(line.substring(line.indexOf(':') + 1).strip()));
    } else if (line.contains("fail") || line.contains("rror")) {
      failures.add(line);
    }
  }

  private interface Loop {
    void run(Master master) throws Exception;
  }

  private static Master looping(String name, Loop loop) {
    Master master = new Master(name);
    Thread thread =
        new Thread(
            () -> {
              try {
                loop.run(master);
              } catch (Exception e) {
                master.failures.add(e.toString());
              }
            },
            name);
    thread.start();
    master.work = thread::join;
    return master;
  }

  private void j2mod(int port) throws Exception {
    ModbusTCPMaster client = new ModbusTCPMaster("127.0.0.1", port);
    client.setRetries(0);
    client.connect();
    for (int number = 0; !stopped; number = (number + 1) & 0xFFFF) {
      compare(number, client.readMultipleRegisters(1, 20, 1)[0].getValue());
      saw(client.readMultipleRegisters(1, VERSION, 1)[0].getValue());
      client.writeSingleRegister(1, 20, new SimpleRegister((number + 1) & 0xFFFF));
    }
    client.disconnect();
  }

  /** Eight requests at a time. */
  private void digitalpetri(int port) throws Exception {
    ModbusTcpClient client =
        ModbusTcpClient.create(
            NettyTcpClientTransport.create(
                config -> config.setHostname("127.0.0.1").setPort(port)));
    client.connect();
    for (int number = 0; !stopped; number = (number + 1) & 0xFFFF) {
      int last = number;
      List<CompletableFuture<?>> reads = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        reads.add(read(client, 30 + i).thenAccept(value -> compare(last, value)));
        reads.add(read(client, VERSION).thenAccept(this::saw));
      }
      CompletableFuture.allOf(reads.toArray(CompletableFuture<?>[]::new)).get();
      List<CompletableFuture<?>> writes = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        var write = new WriteSingleRegisterRequest(30 + i, (number + 1) & 0xFFFF);
        writes.add(client.writeSingleRegisterAsync(1, write).toCompletableFuture());
      }
      CompletableFuture.allOf(writes.toArray(CompletableFuture<?>[]::new)).get();
    }
    client.disconnect();
  }

  private static CompletableFuture<Integer> read(ModbusTcpClient client, int address) {
    return client
        .readHoldingRegistersAsync(1, new ReadHoldingRegistersRequest(address, 1))
        .thenApply(a -> ((a.registers()[0] & 0xFF) << 8) | (a.registers()[1] & 0xFF))
        .toCompletableFuture();
  }

  private void compare(int wrote, int read) {
    if (wrote != read) {
      failures.add("failed: wrote " + wrote + ", read " + read);
    }
  }

  private void saw(int version) {
    byVersion.computeIfAbsent(version, v -> new AtomicLong()).incrementAndGet();
  }

  /** How often that version answered it. */
  long answersOf(int version) {
    AtomicLong answers = byVersion.get(version);
    return answers == null ? 0 : answers.get();
  }

  long answers() {
    return byVersion.values().stream().mapToLong(AtomicLong::get).sum();
  }

  /** Nothing but versions that there are. */
  java.util.Set<Integer> versions() {
    return byVersion.keySet();
  }

  Queue<String> failures() {
    return failures;
  }

  @Override
  public String toString() {
    return name;
  }

  void stop() throws Exception {
    stopped = true;
    work.close();
  }
}
