package dev.bumpless.ledger.modbus;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;

/** A master's connection: performs requests and books what came of them. One thread. */
final class Line implements AutoCloseable {
  private final String name;
  private final WriteLoad load;
  private final Book book;
  private final Map<Integer, Open> open = new HashMap<>();
  private final Wire wire;

  private record Open(
      Access access, long sentNanos, List<Cell.Write> writes, List<Cell.Reading> readings) {}

  private Line(String name, WriteLoad load, Book book, Wire wire) {
    this.name = name;
    this.load = load;
    this.book = book;
    this.wire = wire;
  }

  static Line connect(String name, WriteLoad load, Book book) throws IOException {
    try {
      Line line = new Line(name, load, book, new Wire(load.target(), load.unit(), load.answer()));
      book.connected();
      return line;
    } catch (IOException e) {
      book.trouble(Trouble.NOT_CONNECTED, name + ": " + e.getMessage());
      throw e;
    }
  }

  /**
   * All of them, {@code window} at a time.
   *
   * @throws IOException once it is of no use any more; what was wrong is booked
   */
  void perform(List<Access> accesses, int window) throws IOException {
    Queue<Access> waiting = new ArrayDeque<>(accesses);
    try {
      while (!waiting.isEmpty() || !open.isEmpty()) {
        while (open.size() < window && !waiting.isEmpty()) {
          send(waiting.remove());
        }
        receive();
      }
    } catch (SocketTimeoutException e) {
      giveUp(Trouble.UNANSWERED, "nothing came within " + load.answer().toMillis() + " ms");
      throw e;
    } catch (IOException e) {
      giveUp(Trouble.DISCONNECTED, String.valueOf(e.getMessage()));
      throw e;
    }
  }

  /** Values are booked before the request is on its way, for it may be carried out at once. */
  private void send(Access access) throws IOException {
    List<Cell.Write> writes = new ArrayList<>();
    List<Cell.Reading> readings = new ArrayList<>();
    for (int i = 0; i < access.cells().size(); i++) {
      Cell cell = access.cells().get(i);
      if (access.isWrite()) {
        writes.add(cell.begin(access.values().get(i)));
      } else {
        readings.add(cell.read());
      }
    }
    long now = System.nanoTime();
    open.put(wire.send(access.pdu()), new Open(access, now, writes, readings));
  }

  private void receive() throws IOException {
    Wire.Answer answer = wire.receive();
    Open asked = open.remove(answer.id());
    if (asked == null) {
      book.trouble(Trouble.WRONG_ANSWER, "%s: nobody asked %d".formatted(name, answer.id()));
      return;
    }
    byte[] pdu = answer.pdu();
    Access access = asked.access;
    if ((pdu[0] & 0xFF) == (access.function() | 0x80)) {
      forget(asked);
      book.trouble(
          Trouble.EXCEPTION, "%s: %d to function %d".formatted(name, pdu[1], access.function()));
    } else if (answer.protocol() != 0
        || answer.unit() != load.unit()
        || pdu[0] != access.function()
        || !access.isAnsweredBy(pdu)) {
      forget(asked);
      book.trouble(Trouble.WRONG_ANSWER, "%s: to function %d".formatted(name, access.function()));
    } else {
      book.answered(access.isWrite(), System.nanoTime() - asked.sentNanos);
      conclude(asked, pdu);
    }
  }

  private void conclude(Open asked, byte[] pdu) {
    List<Cell> cells = asked.access.cells();
    List<Integer> values = asked.access.isWrite() ? List.of() : asked.access.read(pdu);
    for (int i = 0; i < cells.size(); i++) {
      if (asked.access.isWrite()) {
        cells.get(i).acknowledged(asked.writes.get(i));
      } else {
        String wrong = cells.get(i).saw(asked.readings.get(i), values.get(i));
        if (!wrong.isEmpty()) {
          book.trouble(cells.get(i).trouble(), name + ": " + wrong);
        }
      }
    }
  }

  private void giveUp(Trouble trouble, String why) {
    book.trouble(trouble, name + ": " + why);
    open.values().forEach(Line::forget);
    open.clear();
  }

  private static void forget(Open asked) {
    for (int i = 0; i < asked.readings.size(); i++) {
      asked.access.cells().get(i).givenUp(asked.readings.get(i));
    }
  }

  @Override
  public void close() throws IOException {
    wire.close();
  }
}
