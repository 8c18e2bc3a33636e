package dev.bumpless.router.modbus.state;

/**
 * What clients have changed at one instance and has not been brought to the other. Event loops
 * mark, the copy takes; a mark is a bit under a lock that is held for no longer.
 */
final class Changes {
  private final Cells wanted;
  private final Cells dirty = new Cells();
  private final Cells uncertain = new Cells();
  private final Cells suspected = new Cells();

  /**
   * @param wanted what is copied; never changed here
   */
  Changes(Cells wanted) {
    this.wanted = Cells.copyOf(wanted);
  }

  /**
   * A write to a unit that is not copied counts for all that are: many servers are one unit,
   * whatever number they are asked for.
   *
   * @param answered or else it may be carried out yet
   */
  synchronized void mark(Chunk written, boolean answered) {
    boolean[] known = {false};
    wanted.forEachArea((area, set) -> known[0] |= area.unit() == written.area().unit());
    wanted.forEachArea(
        (area, set) -> {
          boolean hit = !known[0] || area.unit() == written.area().unit();
          if (hit && area.table() == written.area().table() && written.count() > 0) {
            Chunk here = new Chunk(area, written.first(), written.count());
            dirty.add(here);
            suspected.remove(here);
            if (!answered) {
              uncertain.add(here);
            }
          }
        });
    dirty.retainAll(wanted);
    uncertain.retainAll(wanted);
  }

  synchronized void markAll() {
    dirty.addAll(wanted);
  }

  synchronized void markAgain(Cells cells) {
    dirty.addAll(cells);
  }

  synchronized Cells take() {
    Cells taken = Cells.copyOf(dirty);
    dirty.clear();
    return taken;
  }

  /** What may still change by a request that was given up. */
  synchronized Cells uncertain() {
    return Cells.copyOf(uncertain);
  }

  /** Both instances are alike. */
  synchronized void clear() {
    dirty.clear();
    uncertain.clear();
    suspected.clear();
  }

  synchronized int count() {
    return dirty.count();
  }

  /**
   * Two instances differ in what no client is known to have written: once may be a write whose
   * answer has not passed yet, and then its mark follows.
   *
   * @return whether that was so before, and no client wrote it since
   */
  synchronized boolean suspect(Area area, int address) {
    if (dirty.contains(area, address) || uncertain.contains(area, address)) {
      return false;
    }
    boolean before = suspected.contains(area, address);
    suspected.add(area, address, 1);
    return before;
  }
}
