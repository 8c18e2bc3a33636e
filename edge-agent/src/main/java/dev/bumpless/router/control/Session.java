package dev.bumpless.router.control;

import dev.bumpless.router.table.TableException;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** One control connection: reads a line, answers it, reads the next. Owns the holds it takes. */
final class Session implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(Session.class.getName());

  /** Longest command, in bytes. */
  static final int LONGEST_LINE = 64 << 10;

  private final SocketChannel client;
  private final Commands commands;
  private final ByteBuffer input = ByteBuffer.allocate(LONGEST_LINE).flip();

  Session(SocketChannel client, Commands commands) {
    this.client = client;
    this.commands = commands;
  }

  /** Until the other side ends or sends what cannot be a command. */
  void run() {
    try (client) {
      for (String line = readLine(); line != null; line = readLine()) {
        if (!line.isBlank()) {
          write(answer(line));
        }
      }
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "event=control-ended reason=\"{0}\"", e.getMessage());
    }
  }

  private String answer(String line) {
    try {
      return commands.run(Words.of(line), this);
    } catch (TableException e) {
      return "error " + e.code() + " " + String.valueOf(e.getMessage()).replaceAll("\\s+", " ");
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "event=command-failed command=\"" + line + "\"", e);
      return "error INTERNAL " + e + "; the router's log tells more";
    }
  }

  /** The next line without its end, or null at the end of the input. */
  private @Nullable String readLine() throws IOException {
    int scanned = 0;
    while (true) {
      for (; scanned < input.remaining(); scanned++) {
        if (input.get(input.position() + scanned) == '\n') {
          return take(scanned);
        }
      }
      input.compact();
      if (!input.hasRemaining()) {
        write("error INVALID a line of more than " + LONGEST_LINE + " bytes");
        readToEnd();
        return null;
      }
      int read = client.read(input);
      input.flip();
      if (read < 0) {
        return null;
      }
    }
  }

  /** Closing on unread bytes would reset the connection, and the answer could be lost with it. */
  private void readToEnd() throws IOException {
    client.shutdownOutput();
    do {
      input.clear();
    } while (client.read(input) >= 0);
  }

  private String take(int length) {
    byte[] line = new byte[length];
    input.get(line).get();
    return new String(line, StandardCharsets.UTF_8);
  }

  private void write(String answer) throws IOException {
    ByteBuffer bytes = StandardCharsets.UTF_8.encode(answer + "\n");
    while (bytes.hasRemaining()) {
      client.write(bytes);
    }
  }

  void refuse(String answer) {
    try (client) {
      write(answer);
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "event=control-ended reason=\"{0}\"", e.getMessage());
    }
  }

  @Override
  public void close() {
    try {
      client.close();
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "event=control-not-closed reason=\"{0}\"", e.getMessage());
    }
  }
}
