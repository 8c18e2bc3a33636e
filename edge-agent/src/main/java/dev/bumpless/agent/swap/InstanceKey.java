package dev.bumpless.agent.swap;

import dev.bumpless.manifest.AppName;

/**
 * One replica of a slot, written {@code green/0} beside its app.
 *
 * @param number 0 and up
 */
public record InstanceKey(AppName app, Slot slot, int number) implements Comparable<InstanceKey> {
  @Override
  public int compareTo(InstanceKey other) {
    int byApp = app.compareTo(other.app);
    int bySlot = byApp != 0 ? byApp : slot.compareTo(other.slot);
    return bySlot != 0 ? bySlot : Integer.compare(number, other.number);
  }

  /** {@code green/0}, as in the route table. */
  public String place() {
    return slot + "/" + number;
  }

  @Override
  public String toString() {
    return app + ":" + place();
  }
}
