package dev.bumpless.bench;

import dev.bumpless.rig.Folders;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * {@code bench swap [SWAPS]}, {@code bench router [ROUNDS SECONDS]} and {@code bench hold [SWAPS]}:
 * print tables on standard output. What they wrote is kept if they fail.
 */
public final class Main {
  private Main() {}

  public static void main(String[] args) throws Exception {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    List<String> words = List.of(args);
    Path folder = Files.createTempDirectory("bumpless-bench");
    switch (words.isEmpty() ? "" : words.get(0)) {
      case "swap" -> new SwapBench(out, number(words, 1, 200)).run(folder);
      case "router" -> new RouterBench(out, number(words, 1, 3), number(words, 2, 5)).run(folder);
      case "hold" -> new HoldBench(out, number(words, 1, 100)).run(folder);
      default -> {
        System.err.println("usage: bench swap [SWAPS] | router [ROUNDS SECONDS] | hold [SWAPS]");
        System.exit(2);
      }
    }
    Folders.delete(folder);
  }

  private static int number(List<String> words, int at, int otherwise) {
    return words.size() > at ? Integer.parseInt(words.get(at)) : otherwise;
  }
}
