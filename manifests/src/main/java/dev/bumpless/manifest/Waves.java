package dev.bumpless.manifest;

import java.util.ArrayList;
import java.util.List;

/** Whether waves add up to the whole fleet, one after the other. */
final class Waves {
  private Waves() {}

  static List<Misfit> misfits(List<Wave> waves) {
    List<Misfit> misfits = new ArrayList<>();
    for (int i = 1; i < waves.size(); i++) {
      if (!waves.get(i - 1).isBefore(waves.get(i))) {
        misfits.add(
            new Misfit(
                "[" + i + "]",
                "the wave reaches " + waves.get(i) + ", the one before it " + waves.get(i - 1),
                "each wave says how far the rollout has come by then: let them grow"));
      }
    }
    Wave last = waves.get(waves.size() - 1);
    String place = "[" + (waves.size() - 1) + "]";
    if (!last.isWhole()) {
      misfits.add(
          new Misfit(
              place,
              "the waves do not add up: the last one reaches " + last,
              "end with { percent: 100 }"));
    }
    if (last.approval() || !last.after().isZero()) {
      misfits.add(
          new Misfit(place, "nothing comes after the last wave", "take off its then or after"));
    }
    return misfits;
  }
}
