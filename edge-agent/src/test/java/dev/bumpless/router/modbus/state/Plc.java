package dev.bumpless.router.modbus.state;

import dev.bumpless.router.Instance;
import dev.bumpless.router.Peer;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/**
 * A Modbus server with 65,536 coils and holding registers of one unit, whatever number it is asked
 * for, that misbehaves as a test wants.
 */
final class Plc {
  private final int[] holding = new int[1 << 16];
  private final int[] coils = new int[1 << 16];
  private final AtomicInteger requests = new AtomicInteger();
  private final Instance instance = Instance.running(this::serve);
  private volatile int size = 1 << 16;
  private volatile UnaryOperator<byte[]> fault = answer -> answer;
  private volatile Runnable before = () -> {};
  private volatile int lives = 1;

  private void serve(Peer client) {
    int life = lives;
    while (true) {
      byte[] head = client.read(7);
      byte[] pdu = client.read(word(head, 4) - 1);
      if (life != lives) {
        return;
      }
      before.run();
      requests.incrementAndGet();
      byte[] answer = answer(pdu);
      byte[] frame = new byte[7 + answer.length];
      System.arraycopy(head, 0, frame, 0, 7);
      frame[4] = (byte) ((answer.length + 1) >> 8);
      frame[5] = (byte) (answer.length + 1);
      System.arraycopy(answer, 0, frame, 7, answer.length);
      client.send(fault.apply(frame));
    }
  }

  private synchronized byte[] answer(byte[] pdu) {
    int first = word(pdu, 1);
    int many = pdu[0] == 5 || pdu[0] == 6 || pdu[0] == 22 ? 1 : word(pdu, 3);
    if (pdu[0] == 100) {
      return pdu;
    }
    if (first + many > size) {
      return new byte[] {(byte) (pdu[0] | 0x80), 2};
    }
    return switch (pdu[0]) {
      case 1 -> readCoils(first, many);
      case 3 -> read(pdu[0], first, many);
      case 5 -> {
        coils[first] = pdu[3] == 0 ? 0 : 1;
        yield pdu;
      }
      case 6 -> {
        holding[first] = word(pdu, 3);
        yield pdu;
      }
      case 15 -> {
        for (int i = 0; i < many; i++) {
          coils[first + i] = (pdu[6 + i / 8] >> (i % 8)) & 1;
        }
        yield java.util.Arrays.copyOf(pdu, 5);
      }
      case 16 -> {
        for (int i = 0; i < many; i++) {
          holding[first + i] = word(pdu, 6 + 2 * i);
        }
        yield java.util.Arrays.copyOf(pdu, 5);
      }
      case 22 -> {
        holding[first] = (holding[first] & word(pdu, 3)) | (word(pdu, 5) & ~word(pdu, 3));
        yield pdu;
      }
      case 23 -> {
        for (int i = 0; i < word(pdu, 7); i++) {
          holding[word(pdu, 5) + i] = word(pdu, 10 + 2 * i);
        }
        yield read(pdu[0], first, many);
      }
      default -> new byte[] {(byte) (pdu[0] | 0x80), 1};
    };
  }

  private byte[] readCoils(int first, int many) {
    byte[] answer = new byte[2 + (many + 7) / 8];
    answer[0] = 1;
    answer[1] = (byte) (answer.length - 2);
    for (int i = 0; i < many; i++) {
      answer[2 + i / 8] |= (byte) (coils[first + i] << (i % 8));
    }
    return answer;
  }

  private byte[] read(byte function, int first, int many) {
    byte[] answer = new byte[2 + 2 * many];
    answer[0] = function;
    answer[1] = (byte) (2 * many);
    for (int i = 0; i < many; i++) {
      answer[2 + 2 * i] = (byte) (holding[first + i] >> 8);
      answer[3 + 2 * i] = (byte) holding[first + i];
    }
    return answer;
  }

  private static int word(byte[] bytes, int at) {
    return ((bytes[at] & 0xff) << 8) | (bytes[at + 1] & 0xff);
  }

  /** It has so many of each. */
  Plc has(int values) {
    size = values;
    return this;
  }

  /** What becomes of each whole answer. */
  void answers(UnaryOperator<byte[]> changed) {
    fault = changed;
  }

  /** Runs before each request is carried out. */
  void before(Runnable work) {
    before = work;
  }

  synchronized int holding(int address) {
    return holding[address];
  }

  synchronized int coil(int address) {
    return coils[address];
  }

  /** By itself. */
  synchronized void set(int address, int value) {
    holding[address] = value;
  }

  synchronized void setCoil(int address, int value) {
    coils[address] = value;
  }

  /** Dies and is started again: its connections are gone, and so is what it had in memory. */
  synchronized void startAnew() {
    lives++;
    java.util.Arrays.fill(holding, 0);
    java.util.Arrays.fill(coils, 0);
  }

  int requests() {
    return requests.get();
  }

  Instance instance() {
    return instance;
  }
}
