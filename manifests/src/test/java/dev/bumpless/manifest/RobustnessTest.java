package dev.bumpless.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Broken text is refused as such, whatever is broken: nothing else is ever thrown. */
class RobustnessTest {
  private static final int MUTATIONS = 8_000;
  private static final List<String> POISON =
      List.of(
          "\t",
          "\0",
          "{",
          "}",
          "[",
          "]",
          ":",
          "- ",
          "\"",
          "'",
          "&a ",
          "*a",
          "!!x ",
          "|",
          ">",
          "%",
          "---\n",
          "...\n",
          "\ufeff",
          "\ud800",
          "\n",
          "? ",
          "<<: ",
          "%YAML 99999999999.1\n---\n",
          "%TAG ! x\n",
          "\"\\UFFFFFFFF\"",
          "\"\\x",
          "99999999999999999999",
          "1e999",
          "~",
          "@");

  @Test
  void everyTruncationOfEveryExampleIsAnAppOrRefused() {
    for (String text : texts()) {
      for (int end = 0; end < text.length(); end++) {
        parse(text.substring(0, end), "cut at " + end);
      }
    }
  }

  @Test
  void mutationsAreAnAppOrRefused() {
    List<String> texts = texts();
    int refused = 0;
    for (int seed = 0; seed < MUTATIONS; seed++) {
      Random random = new Random(seed);
      String text = texts.get(random.nextInt(texts.size()));
      for (int i = 0; i <= random.nextInt(4); i++) {
        text = mutate(text, random);
      }
      refused += parse(text, "seed " + seed) ? 0 : 1;
    }
    assertThat(refused).isBetween(MUTATIONS / 4, MUTATIONS - 1);
  }

  private static String mutate(String text, Random random) {
    int from = random.nextInt(text.length());
    int to = Math.min(text.length(), from + random.nextInt(12));
    return switch (random.nextInt(4)) {
      case 0 -> text.substring(0, from) + text.substring(to);
      case 1 ->
          text.substring(0, from)
              + POISON.get(random.nextInt(POISON.size()))
              + text.substring(from);
      case 2 -> text.substring(0, to) + text.substring(from);
      default -> text.substring(0, from) + (char) random.nextInt(0x300) + text.substring(to);
    };
  }

  /** Whether it was an app. */
  private static boolean parse(String text, String name) {
    try {
      ManifestParser.parse(text, name);
      return true;
    } catch (InvalidManifestException e) {
      assertThat(e.problems()).as(name).isNotEmpty();
      return false;
    } catch (RuntimeException | StackOverflowError e) {
      return fail(name + " threw for\n" + text, e);
    }
  }

  private static List<String> texts() {
    List<String> texts = new ArrayList<>();
    ExamplesTest.examples().forEach(f -> texts.add(ExamplesTest.text(f)));
    texts.add(ExamplesTest.resource("every-key.yaml"));
    texts.add(ExamplesTest.resource("every-key-of-state.yaml"));
    return texts;
  }
}
