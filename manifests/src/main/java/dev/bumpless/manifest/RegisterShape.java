package dev.bumpless.manifest;

import dev.bumpless.manifest.shape.ListShape;
import dev.bumpless.manifest.shape.Shape;
import dev.bumpless.manifest.shape.Texts;
import java.util.List;

/** What lists of {@link RegisterRange} look like. */
final class RegisterShape {
  /** Of {@code discrete 65534-65535}. */
  private static final int LENGTH = 20;

  private RegisterShape() {}

  /** Of all four tables. */
  static Shape<List<RegisterRange>> any() {
    return ranges(
        0,
        Texts.matching(
            "a range such as 'input 0-9'",
            RegisterRange.TEXT,
            LENGTH,
            "coils, discrete, input or holding, a blank, and addresses from 0 to 65535 as on the"
                + " wire"));
  }

  /** Of those that a master can write. */
  static Shape<List<RegisterRange>> writable(int min) {
    return ranges(
        min,
        Texts.matching(
            "coils or holding registers, such as 'holding 0-1999'",
            RegisterRange.WRITABLE,
            LENGTH,
            "input registers and discrete inputs cannot be written over Modbus: readOnly says what"
                + " becomes of them"));
  }

  private static Shape<List<RegisterRange>> ranges(int min, Shape<String> text) {
    return new ListShape<>(
        text.as(RegisterRange::parse, RegisterRange::toString), min, Limits.LIST_LENGTH, true);
  }
}
