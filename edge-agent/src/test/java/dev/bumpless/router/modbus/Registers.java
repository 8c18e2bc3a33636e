package dev.bumpless.router.modbus;

import dev.bumpless.router.Instance;
import dev.bumpless.router.Peer;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * A Modbus server with holding registers that knows functions 03 and 06, exact to the letter. Unit
 * {@link #SILENT} is nobody: it never answers. Register 0 tells which instance it is.
 */
final class Registers {
  static final int SILENT = 99;

  private final AtomicIntegerArray values = new AtomicIntegerArray(1 << 16);
  private final Queue<Adu> seen = new ConcurrentLinkedQueue<>();
  private final Instance instance;

  Registers(int name) {
    values.set(0, name);
    instance = Instance.running(this::serve);
  }

  /** At an address that was free a moment ago. */
  Registers(int name, String address) {
    values.set(0, name);
    instance = Instance.running(this::serve, address);
  }

  private void serve(Peer client) {
    while (true) {
      Adu request = Adu.from(client);
      seen.add(request);
      if (request.unit() != SILENT) {
        client.send(answer(request).bytes());
      }
    }
  }

  Adu answer(Adu request) {
    int address = request.address();
    if (request.function() == 6) {
      values.set(address, request.value());
      return request;
    }
    if (request.function() != 3) {
      return request.reply(request.function() | 0x80, 1);
    }
    int[] pdu = new int[2 + 2 * request.value()];
    pdu[0] = 3;
    pdu[1] = 2 * request.value();
    for (int i = 0; i < request.value(); i++) {
      pdu[2 + 2 * i] = values.get(address + i) >> 8;
      pdu[3 + 2 * i] = values.get(address + i);
    }
    return request.reply(pdu);
  }

  Instance instance() {
    return instance;
  }

  int get(int address) {
    return values.get(address);
  }

  /** What it was asked, in order. */
  Queue<Adu> seen() {
    return seen;
  }
}
