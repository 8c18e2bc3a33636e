package dev.bumpless.controller.repository;

import dev.bumpless.controller.problem.Problem;
import dev.bumpless.controller.problem.ProblemException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** Collects the manifests of one revision and holds them to their limits. Used by one thread. */
final class Manifests {
  static final int MOST_FILES = 500;
  static final int MOST_FILE_BYTES = 256 * 1024;
  static final int MOST_BYTES = 8 * 1024 * 1024;

  /** Names end up in messages, on terminals and in the audit. */
  private static final Pattern PATH = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._/ +-]{0,199}");

  private static final Pattern CONTROL = Pattern.compile("[\\p{Cntrl}\\p{Cs}]");

  private final String place;
  private final SortedMap<String, String> files = new TreeMap<>();
  private long bytes;

  Manifests(String place) {
    this.place = place;
  }

  /** Whether it is one by its name; what is hidden never is, nor what lies in a hidden folder. */
  static boolean isMeant(String path) {
    boolean isYaml = path.endsWith(".yaml") || path.endsWith(".yml");
    return isYaml && !path.startsWith(".") && !path.contains("/.");
  }

  /** Refuses it by what is known before it is read. */
  void check(String path, long size) {
    if (!PATH.matcher(path).matches()) {
      throw wrong(
          path,
          "its name has other characters than A-Z a-z 0-9 . _ + - and blanks, or"
              + " more than 200");
    }
    if (size > MOST_FILE_BYTES) {
      throw wrong(path, "it is larger than " + MOST_FILE_BYTES / 1024 + " KiB");
    }
    bytes += size;
    if (bytes > MOST_BYTES) {
      throw unreadable(
          "its manifests are larger than " + MOST_BYTES / 1024 / 1024 + " MiB together",
          "point the source to a folder that holds manifests alone");
    }
  }

  void add(String path, byte[] content) {
    if (files.size() == MOST_FILES) {
      throw unreadable(
          "it holds more than " + MOST_FILES + " manifests",
          "point the source to a folder that holds fewer, or make several sources of it");
    }
    try {
      files.put(
          path, StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(content)).toString());
    } catch (CharacterCodingException e) {
      throw wrong(path, "it is not UTF-8");
    }
  }

  /** Throws where there is none: an empty folder is a wrong path far more often than a wish. */
  SortedMap<String, String> all() {
    if (files.isEmpty()) {
      throw unreadable("it holds no *.yaml or *.yml", "correct the path, or put manifests there");
    }
    return files;
  }

  ProblemException wrong(String path, String why) {
    return unreadable(path + ": " + why, "mend it there");
  }

  ProblemException unreadable(String why, String hint) {
    return Problem.of(
        Problem.Code.SOURCE_UNREADABLE,
        place + ": " + printable(why),
        hint + "; nothing was applied");
  }

  /** What somebody else wrote, on one line, without what a terminal would obey. */
  static String printable(String text) {
    String plain = CONTROL.matcher(text).replaceAll(" ").strip();
    return plain.length() > 400 ? plain.substring(0, 399) + "…" : plain;
  }
}
