package dev.bumpless.router.modbus.interop;

import com.digitalpetri.modbus.client.ModbusTcpClient;
import com.digitalpetri.modbus.pdu.ReadHoldingRegistersRequest;
import com.digitalpetri.modbus.pdu.WriteSingleRegisterRequest;
import com.digitalpetri.modbus.tcp.client.NettyTcpClientTransport;
import com.ghgande.j2mod.modbus.facade.ModbusTCPMaster;
import com.ghgande.j2mod.modbus.procimg.SimpleRegister;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;

/** A master at work on one connection: it writes and reads until it is stopped. */
final class Master {
  private final String name;
  private final AtomicLong answers = new AtomicLong();
  private final AtomicLong[] byVersion = {new AtomicLong(), new AtomicLong(), new AtomicLong()};
  private final Queue<String> failures = new ConcurrentLinkedQueue<>();
  private volatile boolean stopped;
  private AutoCloseable work = () -> {};

  private Master(String name) {
    this.name = name;
  }

  /** One of each kind. */
  static List<Master> all(Path folder, int port) throws Exception {
    Path script = Program.script(folder, "master.py");
    Path program = Program.compiled(folder, "master");
    return List.of(
        program("pymodbus", "/usr/bin/python3", script.toString(), "" + port),
        program("libmodbus", program.toString(), "" + port),
        program(
            "mbpoll",
            "stdbuf -oL mbpoll -m tcp -a 1 -t 4 -r 1 -c 1 -l 20 -p %d 127.0.0.1"
                .formatted(port)
                .split(" ")),
        looping("j2mod", master -> master.j2mod(port)),
        looping("digitalpetri", master -> master.digitalpetri(port)));
  }

  private static Master program(String name, String... words) throws Exception {
    Master master = new Master(name);
    Program program = Program.start(List.of(words), master::line);
    master.work = program;
    return master;
  }

  private void line(String line) {
    if (line.startsWith("version ")) {
      saw(Integer.parseInt(line.substring(8)));
    } else if (line.startsWith("[1]:")) {
      saw(Integer.parseInt(line.substring(4).strip()));
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
    for (int number = 0; !stopped; number++) {
      client.writeSingleRegister(1, 20, new SimpleRegister(number & 0xffff));
      saw(client.readMultipleRegisters(1, 0, 1)[0].getValue());
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
    for (int number = 0; !stopped; number++) {
      List<CompletableFuture<?>> batch = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        batch.add(
            client
                .writeSingleRegisterAsync(
                    1, new WriteSingleRegisterRequest(30 + i, number & 0xffff))
                .toCompletableFuture());
        batch.add(
            client
                .readHoldingRegistersAsync(1, new ReadHoldingRegistersRequest(0, 1))
                .thenAccept(answer -> saw(answer.registers()[1]))
                .toCompletableFuture());
      }
      CompletableFuture.allOf(batch.toArray(CompletableFuture<?>[]::new)).get();
    }
    client.disconnect();
  }

  private void saw(int version) {
    if (version == 1 || version == 2) {
      byVersion[version].incrementAndGet();
      answers.incrementAndGet();
    } else {
      failures.add("version " + version);
    }
  }

  long answers() {
    return answers.get();
  }

  long answersOf(int version) {
    return byVersion[version].get();
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
