package dev.bumpless.router.modbus.state;

/** As many neighbouring values as one request carries. */
record Chunk(Area area, int first, int count) {
  /** From the value at {@code from} to the one before {@code to}, counted in this chunk. */
  Chunk part(int from, int to) {
    return new Chunk(area, first + from, to - from);
  }

  @Override
  public String toString() {
    return area + " " + first + (count == 1 ? "" : "-" + (first + count - 1));
  }
}
