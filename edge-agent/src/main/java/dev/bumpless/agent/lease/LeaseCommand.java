package dev.bumpless.agent.lease;

import java.io.IOException;
import java.io.PrintStream;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * {@code bumpless-lease}: says its arguments at a door and prints the answer. Exits with 0 where it
 * was done, 1 where it was refused, 2 where it was not understood or nobody answers.
 */
public final class LeaseCommand {
  private static final String USAGE =
      """
      usage: bumpless-lease [--socket FILE] take OWNER LENGTH REASON…
             bumpless-lease [--socket FILE] give OWNER
             bumpless-lease [--socket FILE] show
      LENGTH as 90s, 30m or 2h, 24h at most. FILE is lease.sock of the agent's state folder.""";

  private LeaseCommand() {}

  @SuppressWarnings("SystemOut") // a command's answer
  public static void main(String[] args) {
    System.exit(run(List.of(args), System.out, System.err));
  }

  static int run(List<String> args, PrintStream out, PrintStream err) {
    boolean isNamed = args.size() > 2 && args.get(0).equals("--socket");
    Path socket = Path.of(isNamed ? args.get(1) : "/var/lib/bumpless/agent/lease.sock");
    List<String> words = isNamed ? args.subList(2, args.size()) : args;
    if (words.isEmpty() || !List.of("take", "give", "show").contains(words.get(0))) {
      err.println(USAGE);
      return 2;
    }
    try {
      String answer = ask(socket, String.join(" ", words));
      boolean isDone = answer.startsWith("ok") || answer.contains("\nok");
      (isDone ? out : err).print(answer);
      return isDone ? 0 : answer.startsWith("error SYNTAX") ? 2 : 1;
    } catch (IOException e) {
      err.println(
          "error: no agent answers at %s: %s; is it running, and are you root?"
              .formatted(socket, e.getMessage()));
      return 2;
    }
  }

  private static String ask(Path socket, String line) throws IOException {
    try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      ByteBuffer said = StandardCharsets.UTF_8.encode(line.replace('\n', ' ') + "\n");
      while (said.hasRemaining()) {
        channel.write(said);
      }
      return new String(Channels.newInputStream(channel).readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
