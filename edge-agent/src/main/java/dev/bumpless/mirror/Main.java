package dev.bumpless.mirror;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.List;

/**
 * Copies each folder of {@code /from} to the one of its name in {@code /to}. Reads a word a line:
 * {@code copy} while somebody writes there, {@code exactly} when nobody does; answers each with
 * {@code ok BYTES} or {@code failed WHY}. Ends with its input, and so with the agent.
 */
public final class Main {
  static final String COPY = "copy";
  static final String EXACTLY = "exactly";

  private Main() {}

  public static void main(String[] args) throws IOException {
    List<Mirror> mirrors = Mirror.all(Path.of("/from"), Path.of("/to"));
    BufferedReader words =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String word = words.readLine(); word != null; word = words.readLine()) {
      answer(answerTo(word, mirrors));
    }
  }

  private static String answerTo(String word, List<Mirror> mirrors) {
    try {
      long written = 0;
      for (Mirror mirror : mirrors) {
        long before = mirror.writtenBytes();
        switch (word) {
          case COPY -> mirror.copy();
          case EXACTLY -> mirror.copyExactly();
          default -> throw new IOException("'" + word + "' is no word of mine");
        }
        written += mirror.writtenBytes() - before;
      }
      return "ok " + written;
    } catch (FileSystemException e) {
      return "failed %s: %s".formatted(e.getFile(), e.getReason() == null ? e : e.getReason());
    } catch (IOException e) {
      return "failed " + e.getMessage();
    }
  }

  @SuppressWarnings("SystemOut") // an answer, not a log
  private static void answer(String line) {
    System.out.println(line);
    System.out.flush();
  }
}
