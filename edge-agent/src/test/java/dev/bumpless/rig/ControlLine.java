package dev.bumpless.rig;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A person at the router's socket: types a line, reads the answer. */
public final class ControlLine implements AutoCloseable {
  private final SocketChannel channel;
  private final BufferedReader answers;

  public ControlLine(Path socket) throws IOException {
    channel = SocketChannel.open(StandardProtocolFamily.UNIX);
    channel.connect(UnixDomainSocketAddress.of(socket));
    Reader reader = Channels.newReader(channel, StandardCharsets.UTF_8);
    answers = new BufferedReader(reader);
  }

  /**
   * The first line of the answer.
   *
   * @throws IOException when the router refused
   */
  public String ask(String line) throws IOException {
    channel.write(StandardCharsets.UTF_8.encode(line + "\n"));
    String answer = answers.readLine();
    if (answer == null || !answer.startsWith("ok")) {
      throw new IOException("the router answered '" + answer + "' to '" + line + "'");
    }
    return answer;
  }

  /** An answer of several lines, which an empty one ends. */
  public List<String> askAll(String line) throws IOException {
    List<String> all = new ArrayList<>(List.of(ask(line)));
    for (String next = answers.readLine();
        next != null && !next.isEmpty();
        next = answers.readLine()) {
      all.add(next);
    }
    return all;
  }

  /** The value of {@code name=value} in an answer. */
  public static String value(String answer, String name) {
    for (String word : answer.split(" ", -1)) {
      if (word.startsWith(name + "=")) {
        return word.substring(name.length() + 1);
      }
    }
    throw new IllegalArgumentException("no " + name + " in '" + answer + "'");
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
