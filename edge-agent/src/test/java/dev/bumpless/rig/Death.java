package dev.bumpless.rig;

/**
 * Where a {@link LooseAgent} ends, once, as {@code kill -9} would end it.
 *
 * @param call {@code engine.create}
 * @param nth of that name since the order came, 1 and up
 */
record Death(boolean isBefore, String call, int nth) {
  static Death parse(String text) {
    String[] words = text.strip().split(" ", -1);
    return new Death(words[0].equals("before"), words[1], Integer.parseInt(words[2]));
  }

  @Override
  public String toString() {
    return (isBefore ? "before " : "after ") + call + " " + nth;
  }
}
