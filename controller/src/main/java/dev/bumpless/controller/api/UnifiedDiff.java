package dev.bumpless.controller.api;

import java.util.ArrayList;
import java.util.List;

/**
 * The lines that two texts do not share, in the unified format with three lines of context; empty
 * where they are the same. For manifests: longest common subsequence over the product of the lines.
 */
final class UnifiedDiff {
  private static final int CONTEXT = 3;

  private UnifiedDiff() {}

  private record Line(char mark, String text, int before, int after) {}

  static String of(String nameBefore, String before, String nameAfter, String after) {
    if (before.equals(after)) {
      return "";
    }
    List<Line> lines = lines(before.lines().toList(), after.lines().toList());
    StringBuilder out = new StringBuilder();
    out.append("--- ").append(nameBefore).append('\n');
    out.append("+++ ").append(nameAfter).append('\n');
    int next = 0;
    while (next < lines.size()) {
      if (lines.get(next).mark() == ' ') {
        next++;
        continue;
      }
      int from = Math.max(0, next - CONTEXT);
      int to = endOfHunk(lines, next);
      hunk(out, lines.subList(from, to));
      next = to;
    }
    return out.toString();
  }

  /** Up to where six lines follow that did not change, and three lines into them. */
  private static int endOfHunk(List<Line> lines, int firstChange) {
    int lastChange = firstChange;
    for (int i = firstChange; i < lines.size() && i - lastChange <= 2 * CONTEXT; i++) {
      if (lines.get(i).mark() != ' ') {
        lastChange = i;
      }
    }
    return Math.min(lines.size(), lastChange + CONTEXT + 1);
  }

  private static void hunk(StringBuilder out, List<Line> lines) {
    long before = lines.stream().filter(line -> line.mark() != '+').count();
    long after = lines.stream().filter(line -> line.mark() != '-').count();
    out.append(
        "@@ -%d,%d +%d,%d @@%n"
            .formatted(lines.get(0).before(), before, lines.get(0).after(), after));
    lines.forEach(line -> out.append(line.mark()).append(line.text()).append('\n'));
  }

  private static List<Line> lines(List<String> before, List<String> after) {
    int[][] common = common(before, after);
    List<Line> lines = new ArrayList<>();
    int i = 0;
    int j = 0;
    while (i < before.size() || j < after.size()) {
      if (i < before.size() && j < after.size() && before.get(i).equals(after.get(j))) {
        lines.add(new Line(' ', before.get(i), i + 1, j + 1));
        i++;
        j++;
      } else if (i < before.size() && (j == after.size() || common[i + 1][j] >= common[i][j + 1])) {
        lines.add(new Line('-', before.get(i), i + 1, j + 1));
        i++;
      } else {
        lines.add(new Line('+', after.get(j), i + 1, j + 1));
        j++;
      }
    }
    return lines;
  }

  /** Length of the longest common subsequence of what follows each pair of lines. */
  private static int[][] common(List<String> before, List<String> after) {
    int[][] common = new int[before.size() + 1][after.size() + 1];
    for (int i = before.size() - 1; i >= 0; i--) {
      for (int j = after.size() - 1; j >= 0; j--) {
        common[i][j] =
            before.get(i).equals(after.get(j))
                ? common[i + 1][j + 1] + 1
                : Math.max(common[i + 1][j], common[i][j + 1]);
      }
    }
    return common;
  }
}
