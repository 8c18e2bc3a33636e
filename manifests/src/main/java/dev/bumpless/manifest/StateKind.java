package dev.bumpless.manifest;

import java.util.List;
import java.util.Locale;

/** The kinds of state that a manifest knows, and the keys of each. */
enum StateKind {
  NONE("", "", ""),
  VOLUME(
      "mode",
      "",
      "mode: shared says that both slots write to the volumes during a swap; mode: exclusive gives"
          + " each its own and needs upgrade.overlap none"),
  MODBUS(
      "units copy readOnly",
      "listen skip volatile",
      "for example { kind: modbus, units: [ 1 ], copy: [ \"holding 0-1999\" ], readOnly: ignore }"),
  EXEC(
      "container export import",
      "",
      "for example { kind: exec, container: app, export: [ save ], import: [ load ] }"),
  HTTP(
      "container port path",
      "",
      "for example { kind: http, container: app, port: 8080, path: /state }");

  private static final String READ_ONLY =
      "input registers and discrete inputs cannot be written over Modbus: ignore leaves them to the"
          + " field, exec has an entry of kind exec bring them";

  private final String needed;
  private final String optional;
  private final String example;

  /** Keys with a blank between them. */
  StateKind(String needed, String optional, String example) {
    this.needed = needed;
    this.optional = optional;
    this.example = example;
  }

  static StateKind of(StatePolicy state) {
    if (state instanceof StatePolicy.Modbus) {
      return MODBUS;
    } else if (state instanceof StatePolicy.Exec) {
      return EXEC;
    } else if (state instanceof StatePolicy.Http) {
      return HTTP;
    }
    return state instanceof StatePolicy.None ? NONE : VOLUME;
  }

  /** As in a manifest. */
  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  List<String> needed() {
    return words(needed);
  }

  boolean needs(String key) {
    return words(needed).contains(key);
  }

  boolean takes(String key) {
    return needs(key) || words(optional).contains(key);
  }

  private static List<String> words(String text) {
    return text.isEmpty() ? List.of() : List.of(text.split(" ", -1));
  }

  /** What to do where the key is missing. */
  String hint(String key) {
    return key.equals("readOnly") ? READ_ONLY : example;
  }

  @Override
  public String toString() {
    return "kind " + word();
  }
}
