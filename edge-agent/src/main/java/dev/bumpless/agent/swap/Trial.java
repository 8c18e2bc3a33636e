package dev.bumpless.agent.swap;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * What this life of the agent has seen of a swap to judge the new version by. All of it may be
 * lost: then the judgement is inconclusive.
 *
 * @param begun what the old slot had counted when the swap began
 * @param old what clients got from the old slot from then to the flip
 * @param flip what the new slot had counted at the flip
 * @param half what it had counted in the middle of the bake
 * @param memory at the end of the bake
 */
record Trial(
    Optional<Window> begun,
    Optional<Window> old,
    Optional<Window> flip,
    Optional<Window> half,
    Optional<Map<InstanceKey, MemoryUse>> memory) {
  static final Trial NONE =
      new Trial(
          Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

  /** Notes what is to be seen now, each once. */
  Trial looking(ObservedApp seen) {
    Optional<Swap> swap = seen.entry().swap();
    if (swap.isEmpty() || seen.traffic().isEmpty()) {
      return this;
    }
    return swap.get().flippedAt().isEmpty()
        ? beforeFlip(seen)
        : afterFlip(seen, swap.get(), swap.get().flippedAt().get());
  }

  private Trial beforeFlip(ObservedApp seen) {
    return begun.isPresent()
        ? this
        : new Trial(
            Optional.of(Window.of(seen.traffic(), seen.serving())), old, flip, half, memory);
  }

  private Trial afterFlip(ObservedApp seen, Swap swap, Instant flippedAt) {
    Window young = Window.of(seen.traffic(), swap.members());
    if (flip.isEmpty()) {
      Optional<Window> before = begun.map(b -> Window.of(seen.traffic(), swap.origin()).since(b));
      return new Trial(begun, before, Optional.of(young), half, memory);
    }
    Duration middle = swap.app().upgrade().bake().dividedBy(2);
    return half.isPresent() || seen.now().isBefore(flippedAt.plus(middle))
        ? this
        : new Trial(begun, old, flip, Optional.of(young), memory);
  }

  Trial weighed(Map<InstanceKey, MemoryUse> uses) {
    return new Trial(begun, old, flip, half, Optional.of(Map.copyOf(uses)));
  }

  private Window before() {
    return old.orElse(Window.EMPTY);
  }

  /** Whether too much of what the new slot answers is an error. */
  Optional<Judgement> ofErrors(ObservedApp seen, Swap swap) {
    return flip.flatMap(
        f -> Judgement.ofErrors(before(), Window.of(seen.traffic(), swap.members()).since(f)));
  }

  /** At the end of the bake. */
  Judgement ofTimes(ObservedApp seen, Swap swap) {
    return Judgement.ofTimes(
        before(),
        half.map(h -> Window.of(seen.traffic(), swap.members()).since(h)).orElse(Window.EMPTY),
        swap.app().upgrade().bake().dividedBy(2));
  }

  /** At the end of the bake, once weighed. */
  Optional<Judgement> ofMemory() {
    return memory.stream()
        .flatMap(uses -> uses.values().stream())
        .flatMap(use -> Judgement.ofMemory(Optional.of(use)).stream())
        .findFirst();
  }
}
