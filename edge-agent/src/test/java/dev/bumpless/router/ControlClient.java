package dev.bumpless.router;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A person with {@code nc -U}. */
public final class ControlClient implements AutoCloseable {
  private final SocketChannel channel;
  private final BufferedReader reader;

  private ControlClient(SocketChannel channel) {
    this.channel = channel;
    this.reader =
        new BufferedReader(
            new InputStreamReader(Channels.newInputStream(channel), StandardCharsets.UTF_8));
  }

  public static ControlClient open(Path socket) {
    try {
      return new ControlClient(SocketChannel.open(UnixDomainSocketAddress.of(socket)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The first line of the answer. */
  public String ask(String line) {
    send(line);
    return readLine();
  }

  /** All lines of an answer that has several, without the last, empty one. */
  public List<String> askAll(String line) {
    send(line);
    List<String> lines = new ArrayList<>();
    for (String next = readLine(); !next.isEmpty(); next = readLine()) {
      lines.add(next);
    }
    return lines;
  }

  public String must(String line) {
    String answer = ask(line);
    if (!answer.startsWith("ok")) {
      throw new AssertionError(line + " was answered: " + answer);
    }
    return answer;
  }

  /** Returns the token. */
  public String hold(String app, String limit) {
    return value(must("hold " + app + " " + limit), "token");
  }

  public static String value(String answer, String name) {
    for (String word : answer.split(" ", -1)) {
      if (word.startsWith(name + "=")) {
        return word.substring(name.length() + 1);
      }
    }
    throw new AssertionError("no " + name + " in: " + answer);
  }

  public void send(String line) {
    try {
      ByteBuffer bytes = StandardCharsets.UTF_8.encode(line + "\n");
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Null at the end. */
  public String readLine() {
    try {
      return reader.readLine();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
