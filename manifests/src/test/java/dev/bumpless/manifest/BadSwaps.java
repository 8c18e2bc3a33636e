package dev.bumpless.manifest;

import java.util.ArrayList;
import java.util.List;

/** What is wrong with state, hooks, overlap and compare, for {@link BadManifest}. */
final class BadSwaps {
  private BadSwaps() {}

  static List<BadManifest> all() {
    List<BadManifest> all = new ArrayList<>(kinds());
    all.addAll(upgrades());
    all.addAll(states());
    all.addAll(servers());
    all.addAll(values());
    all.addAll(compares());
    return all;
  }

  /** Keys and forms: a schema can say all of it. */
  private static List<BadManifest> kinds() {
    return List.of(
        state("{ kind: volume }", 10, "kind volume needs 'mode'", "mode: shared", true),
        state("{ kind: none, mode: shared }", 30, "kind none takes no 'mode'", "take it", true),
        state("{ kind: modbus, mode: shared }", 32, "takes no 'mode'", "", true),
        state("{ kind: modbas }", 18, "one of none, volume, modbus, exec", "'modbus'", true),
        state("{ kind: volume, mode: copied }", 32, "shared, exclusive", "", true),
        state("{ kind: modbus, copy: [ coils 1 ], readOnly: ignore }", 10, "'units'", "", true),
        state(
            "{ kind: modbus, units: [ 1 ], copy: [ coils 1 ] }",
            10,
            "kind modbus needs 'readOnly'",
            "cannot be written over Modbus",
            true),
        state("{ kind: modbus, units: [] }", 33, "0 entries", "", true),
        state("{ kind: modbus, units: [ 256 ] }", 35, "from 0 to 255", "", true),
        state("{ kind: modbus, units: [ 1, 1 ] }", 38, "twice", "", true),
        state(
            "{ kind: modbus, units: [ 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16 ] }",
            33,
            "17 entries are out of range; expected 1 to 16",
            "",
            true),
        state("{ kind: modbus, copy: [] }", 32, "0 entries", "", true),
        state(
            "{ kind: modbus, copy: [ input 0-9 ] }",
            34,
            "'input 0-9' is not coils or holding registers",
            "cannot be written over Modbus",
            true),
        state("{ kind: modbus, skip: [ discrete 1 ] }", 34, "'discrete 1'", "over Modbus", true),
        state("{ kind: modbus, volatile: [ input 1 ] }", 38, "'input 1'", "over Modbus", true),
        state("{ kind: modbus, copy: [ holding 007 ] }", 34, "'holding 007' is not", "", true),
        state(
            "{ kind: modbus, copy: [ holding 0-65536 ], units: [ 1 ], readOnly: ignore }",
            34,
            "from 0 to 65535",
            "",
            false),
        state(
            "{ kind: modbus, copy: [ holding 9-1 ], units: [ 1 ], readOnly: ignore }",
            34,
            "the lower one first",
            "",
            false),
        state("{ kind: modbus, readOnly: skip }", 36, "one of ignore, exec", "", true),
        state("{ kind: exec, container: web, export: [ a ] }", 10, "'import'", "load", true),
        state(
            "{ kind: exec, container: web, export: [], import: [ a ] }", 48, "0 entries", "", true),
        state("{ kind: http, container: web, port: 80 }", 10, "needs 'path'", "/state", true),
        state("{ kind: http, container: web, port: 80, path: x }", 56, "is not a path", "", true),
        state("{ kind: http, container: web, port: 0, path: / }", 46, "1 to 65535", "", true),
        add("upgrade: { overlap: partial }", 21, "one of full, standby, none", "", true),
        add("upgrade: { gap: 0s }", 17, "from 1ms to 1m", "", false),
        add("upgrade: { promote: [ [ a ] ] }", 23, "expected a map of keys", "", true),
        add("upgrade: { promote: [ { exec: [ a ] } ] }", 23, "'container' is missing", "", true),
        add("upgrade: { demote: [ { container: web, exec: [] } ] }", 46, "0 entries", "", true),
        add("compare: { for: 0s }", 17, "from 1s to 1h", "", false),
        add("compare: { read: [ holdings 1 ] }", 20, "'holdings 1' is not a range", "", true),
        compareWeb("headers: [ \"a b\" ]", 66, "'a b' is not a header's name", "", true),
        compareWeb("json: [ status ]", 63, "'status' is not a JSON pointer", "starts with", true),
        compareWeb("json: [ /a~2 ]", 63, "'/a~2' is not a JSON pointer", "", true));
  }

  private static List<BadManifest> upgrades() {
    String promote = "promote: [ { container: web, exec: [ go ] } ]";
    String demote = "demote: [ { container: web, exec: [ go ] } ]";
    return List.of(
        add("upgrade: { overlap: none }", 21, "upgrade.hold is not given", "hold: 2s", false),
        add("upgrade: { " + promote + " }", 12, "upgrade.hold is not given", "", false),
        add("upgrade: { " + demote + ", " + promote + " }", 12, "hooks run inside", "", false),
        state(
            "{ kind: exec, container: web, export: [ a ], import: [ a ] }",
            10,
            "upgrade.hold is not given",
            "",
            false),
        add(
            "upgrade: { overlap: standby, hold: 1s }",
            21,
            "nothing promotes it",
            "upgrade.promote",
            false),
        add("upgrade: { hold: 1s, " + demote + " }", 22, "promotes it again", "promote too", false),
        add(
            "upgrade: { hold: 1s, promote: [ { container: wep, exec: [ go ] } ] }",
            46,
            "no container 'wep'",
            "'web'",
            false),
        add("upgrade: { gap: 1s, bake: 0s }", 17, "nothing is left to go back", "bake", false),
        add(
            "replicas: 2\nupgrade: { strategy: rolling, overlap: none, hold: 1s }",
            11,
            40,
            "overlap none forbids it",
            "blue-green",
            false),
        add(
            "replicas: 2\nupgrade: { overlap: none, hold: 1s }",
            11,
            21,
            "and there are 2",
            "replicas: 1",
            false),
        add(
            "replicas: 2\nupgrade: { hold: 1s, " + promote + " }",
            11,
            22,
            "one instance, and there are 2",
            "blue-green",
            false));
  }

  private static List<BadManifest> states() {
    String web = "container: web, port: 80, path: /state }";
    return List.of(
        state("{ kind: none }, { kind: none }", 10, "is not alone", "take it off", false),
        state(
            "{ kind: volume, mode: shared }, { kind: volume, mode: shared }",
            42,
            "a second entry of kind volume",
            "one entry",
            false),
        state(
            "{ kind: volume, mode: exclusive }",
            32,
            "upgrade.overlap is full",
            "overlap: none",
            false),
        add(
            """
            upgrade: { overlap: none, hold: 1s }
            state: [ { kind: volume, mode: exclusive } ]""",
            11,
            10,
            "no container writes to one",
            "data:/data",
            false),
        state("{ kind: http, container: db, port: 1, path: / }", 35, "'db'", "of web", false),
        state("{ kind: exec, container: db, export: [a], import: [a] }", 35, "'db'", "", false),
        add(
            "replicas: 2\nstate: [ { kind: http, " + web + " ]",
            11,
            10,
            "kind http carries the state of one instance, and there are 2",
            "replicas: 1",
            false),
        add(
            "upgrade: { overlap: none, hold: 1s }\nstate: [ { kind: http, " + web + " ]",
            11,
            10,
            "they never run together",
            "mode: exclusive",
            false),
        add(
            """
            upgrade: { overlap: none, hold: 1s }
            state: [ { kind: exec, container: web, export: [ a ], import: [ a ] } ]""",
            11,
            10,
            "kind exec asks both versions",
            "mode: exclusive",
            false),
        BadManifest.container(
            "devices: [ /dev/ttyS0 ]", 8, 16, "which is exclusive", "none (the old", false),
        at8(
            "devices: [ /dev/ttyS0 ]",
            """
            upgrade:
              { overlap: standby, hold: 1s, promote: [ { container: web, exec: [ go ] } ] }""",
            "keeps /dev/ttyS0",
            "upgrade.demote"),
        at8(
            "security: { hostNetwork: true }",
            """
            waivers: [ host-network ]
            state: [ { kind: http, container: web, port: 80, path: /state } ]""",
            12,
            35,
            "on the host's network",
            "take off hostNetwork"),
        at8(
            "volumes: [ \"data:/data\" ]",
            "upgrade: { overlap: none, hold: 1s }",
            "one after the other",
            "mode: exclusive"),
        at8(
            "volumes: [ \"/srv:/srv\", \"data:/data\" ]",
            """
            upgrade: { overlap: none, hold: 1s }
            state: [ { kind: volume, mode: exclusive } ]
            waivers: [ host-path ]""",
            "no slot can have one of its own",
            "named volume"));
  }

  private static List<BadManifest> servers() {
    String modbus = "kind: modbus, units: [ 1 ], copy: [ coils 1 ], readOnly: ignore";
    String second = "  - { listen: 503, container: web, target: 503, protocol: modbus }\n";
    return List.of(
        state("{ " + modbus + " }", 10, "protocol modbus, and there is none", "502", false),
        server("state: [ { " + modbus + ", listen: 503 } ]", 85, "listens on 503", "502", false),
        server(
            "state: [ { " + modbus + " }, { " + modbus + " } ]",
            79,
            "a second entry of kind modbus",
            "in one entry",
            false),
        add(
            portOf502("modbus") + "\n" + second + "state: [ { " + modbus + " } ]",
            12,
            10,
            "there are 2 ports of protocol modbus",
            "one of 502, 503",
            false),
        add(
            """
              - { address: 127.0.0.1, listen: 502, container: web, target: 502, protocol: modbus }
              - { address: 127.0.0.2, listen: 502, container: web, target: 503, protocol: modbus }
            state:
              - { listen: 502, kind: modbus, units: [ 1 ], copy: [ coils 1 ], readOnly: ignore }""",
            13,
            15,
            "2 ports listen on 502 and lead elsewhere",
            "another port",
            false),
        add(
            portOf502("modbus")
                + "\n  - { listen: 503, container: web, target: 502, protocol: tcp }\n"
                + "state: [ { "
                + modbus
                + " } ]",
            11,
            59,
            "what is written by it cannot be seen",
            "take protocol modbus",
            false),
        server(
            "state: [ { " + modbus + " } ]\nreplicas: 2",
            10,
            "kind modbus carries the state of one instance, and there are 2",
            "",
            false),
        server(
            "state: [ { " + modbus + " } ]\nupgrade: { overlap: none, hold: 1s }",
            10,
            "they never run together",
            "mode: exclusive",
            false));
  }

  private static List<BadManifest> values() {
    String holding = "kind: modbus, units: [ 1 ], copy: [ holding 0-9 ], readOnly: ";
    return List.of(
        server(
            "state: [ { " + holding + "ignore, skip: [ coils 1 ] } ]",
            89,
            "'coils 1' is no part of copy",
            "correct it",
            false),
        server(
            "state: [ { " + holding + "ignore, volatile: [ holding 10 ] } ]",
            93,
            "'holding 10' is no part of copy",
            "correct it",
            false),
        server(
            "state: [ { " + holding + "ignore, skip: [ holding 0-20 ] } ]",
            40,
            "nothing is left to copy",
            "out of skip",
            false),
        server(
            "state: [ { "
                + holding
                + "ignore, skip: [ holding 0-4 ] } ]\n"
                + "compare: { expectDivergence: [ holding 5-9 ] }",
            40,
            "nothing is left to copy",
            "expectDivergence",
            false),
        server("state: [ { " + holding + "exec } ]", 73, "there is none", "kind: exec", false));
  }

  private static List<BadManifest> compares() {
    String state =
        "state: [ { kind: modbus, units: [ 1 ], copy: [ coils 1 ], readOnly: ignore } ]\n";
    String web = "compare: { http: [ { container: web, port: 80, path: / } ] }";
    return List.of(
        add("compare: {}", 1, "nothing is compared", "http: [", false),
        add("compare: { read: [ input 1 ] }", 12, "of kind modbus", "compare.read off", false),
        add("compare: { expectDivergence: [ input 1 ] }", 12, "of kind modbus", "", false),
        add(
            "compare: { http: [ { container: db, port: 80, path: / } ] }",
            33,
            "no container 'db'",
            "",
            false),
        server(
            state + "compare: { expectDivergence: [ coils 2 ] }",
            12,
            32,
            "'coils 2' is neither copied nor read",
            "correct it"),
        add("replicas: 2\n" + web, 11, 1, "one instance, and there are 2", "", false),
        add(
            "upgrade: { overlap: none, hold: 1s }\n" + web,
            11,
            1,
            "they never run together",
            "another overlap",
            false));
  }

  private static BadManifest add(
      String text, int column, String message, String hint, boolean schema) {
    return add(text, 10, column, message, hint, schema);
  }

  private static BadManifest add(
      String text, int line, int column, String message, String hint, boolean schema) {
    return BadManifest.add(text, line, column, message, hint, schema);
  }

  private static BadManifest state(
      String entries, int column, String message, String hint, boolean schema) {
    return add("state: [ " + entries + " ]", column, message, hint, schema);
  }

  private static BadManifest compareWeb(
      String keys, int column, String message, String hint, boolean schema) {
    return add(
        "compare: { http: [ { container: web, port: 80, path: /, " + keys + " } ] }",
        column + 2,
        message,
        hint,
        schema);
  }

  private static String portOf502(String protocol) {
    return "  - { listen: 502, container: web, target: 502, protocol: " + protocol + " }";
  }

  /** Beside a Modbus server, in line 11. */
  private static BadManifest server(
      String text, int column, String message, String hint, boolean schema) {
    return add(portOf502("modbus") + "\n" + text, 11, column, message, hint, schema);
  }

  private static BadManifest server(
      String text, int line, int column, String message, String hint) {
    return add(portOf502("modbus") + "\n" + text, line, column, message, hint, false);
  }

  /** A key of the container in line 8, and keys at the end. */
  private static BadManifest at8(String key, String more, String message, String hint) {
    return at8(key, more, 8, 16, message, hint);
  }

  private static BadManifest at8(
      String key, String more, int line, int column, String message, String hint) {
    BadManifest bad = BadManifest.container(key, line, column, message, hint, false);
    return new BadManifest(
        bad.name() + " " + more.lines().findFirst().orElseThrow(),
        bad.text() + more + "\n",
        bad.line(),
        bad.column(),
        message,
        hint,
        false);
  }
}
