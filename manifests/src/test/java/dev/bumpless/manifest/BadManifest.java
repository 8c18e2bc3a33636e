package dev.bumpless.manifest;

import java.util.ArrayList;
import java.util.List;

/**
 * A manifest with one thing wrong in it.
 *
 * @param line where the problem must be told, likewise {@code column}
 * @param message part of the problem's message or hint; likewise {@code hint}
 * @param seenBySchema whether JSON Schema can say it too
 */
record BadManifest(
    String name,
    String text,
    int line,
    int column,
    String message,
    String hint,
    boolean seenBySchema) {
  static final List<String> GOOD =
      List.of(
          "apiVersion: bumpless.dev/v1",
          "kind: App",
          "name: web",
          "containers:",
          "  - name: web",
          "    image: registry.example/web:1.0",
          "    resources: { memory: 64Mi }",
          "ports:",
          "  - { listen: 80, container: web, target: 8080, protocol: http }");

  @Override
  public String toString() {
    return name;
  }

  static String good() {
    return String.join("\n", GOOD) + "\n";
  }

  static List<BadManifest> all() {
    List<BadManifest> all = new ArrayList<>(shapes());
    all.addAll(numbers());
    all.addAll(wiring());
    all.addAll(BadSwaps.all());
    all.addAll(later());
    all.addAll(lint());
    all.addAll(yaml());
    return all;
  }

  private static List<BadManifest> shapes() {
    return List.of(
        at(1, "apiVersion: v1", 13, "expected bumpless.dev/v1, found 'v1'", "", true),
        at(2, "kind: app", 7, "expected App", "did you mean 'App'?", true),
        at(2, "king: App", 1, "unknown key 'king'", "did you mean 'kind'?", true),
        at(3, "", 1, 1, "the key 'name' is missing", "expected a name", true),
        at(3, "name: Web_1", 7, "'Web_1' is not a name", "", true),
        at(3, "name: 17", 7, "found a whole number", "put it in quotes: \"17\"", true),
        at(3, "name:", 6, "found nothing", "", true),
        at(4, "containers: []\nx:", 4, 13, "0 entries", "", true),
        at(4, "containers: web\nx:", 4, 13, "expected a list of maps, found text", "", true),
        at(6, "    image: Web:1.0", 12, "'Web:1.0' is not an image", "", true),
        at(6, "    image: [ web ]", 12, "found a list", "", true),
        at(6, "    memory: 64Mi\n    image: web", 5, "unknown key 'memory'", "one of name", true),
        at(9, "  - [ web, 80 ]", 5, "expected a map of keys, found a list", "", true),
        port(
            "listen: 80, container: web, target: 1, modbus: {}",
            44,
            "only protocol modbus",
            "",
            true),
        port("listen: 80, container: web, target: 1, udp: {}", 44, "only protocol udp", "", true),
        add("metadata: { name: web }", 10, 1, "'metadata' is not taken here", "Kubernetes", true),
        add("services: {}", 10, 1, "'services' is not taken here", "Compose", true),
        add("policy: strickt", 10, 9, "one of standard, strict", "did you mean 'strict'?", true),
        container("env: { A=B: c }", 12, "'A=B' is not a variable's name", "", true),
        container("env: { A: [ b ] }", 15, "expected text, found a list", "", true),
        container("env: { A: }", 14, "found nothing", "write \"\" for empty text", true),
        container("command: ls -l", 14, "found text", "a list is [ a, b ]", true),
        container("workingDir: app", 17, "'app' is not an absolute path", "", true),
        container("workingDir: /a/../b", 17, "'/a/../b' is no absolute path", "", false),
        container("volumes: [ data ]", 16, "'data' is not a volume", "", true),
        container("volumes: [ ../data:/data ]", 16, "'../data' is no volume", "", false),
        container("volumes: [ a:/a, a:/a ]", 22, "'a:/a' stands twice", "", true),
        container("volumes: [ a:/a:ro, b:/a:ro ]", 5, 5, "two volumes at one path", "", false),
        container("devices: [ /tmp/x ]", 16, "'/tmp/x' is not a device", "", true),
        container("security: { user: 1000 }", 23, "found a whole number", "in quotes", true),
        container("security: { privileged: yes }", 29, "true or false", "mean true", true),
        container("security: { capAdd: [ CAP_KILL ] }", 27, "expected one of", "'KILL'", true),
        container(
            "security: { capAdd: [ KILL ], capDrop: [ KILL ] }", 15, "capAdd and in", "", false),
        add(
            "health: [ { container: web } ]",
            10,
            11,
            "one of http, modbus, tcp and exec",
            "",
            true),
        add(
            "health: [ { container: web, tcp: 1, exec: [ a ] } ]",
            10,
            11,
            "this one has 2",
            "",
            true),
        add("health: [ { container: web, http: / } ]", 10, 11, "http needs a port", "", true),
        add("health: [ { container: web, tcp: 1, port: 1 } ]", 10, 11, "only http", "", true),
        add("health: [ { container: web, http: a, port: 1 } ]", 10, 35, "not a path", "", true),
        add("health: [ { container: web, exec: [] } ]", 10, 35, "0 entries", "", true),
        add(
            "health: [ { container: web, modbus: { unit: 1 }, port: 1 } ]",
            10,
            37,
            "holding",
            "",
            true),
        add(
            "health: [ { container: web, modbus: { unit: 256, holding: 0 }, port: 1 } ]",
            10,
            45,
            "from 0 to 255",
            "",
            true),
        add(
            "health: [ { container: web, modbus: { unit: 1, holding: 0 } } ]",
            10,
            11,
            "modbus needs a port",
            "",
            true));
  }

  private static List<BadManifest> numbers() {
    return List.of(
        port("listen: 0, container: web, target: 1", 13, "'0' is out of range", "", true),
        port("listen: 65536, container: web, target: 1", 13, "from 1 to 65535", "", true),
        port("listen: 99999999999999999999, container: web, target: 1", 13, "range", "", true),
        port("listen: 010, container: web, target: 1", 13, "'010'", "no leading zero", false),
        port("listen: \"80\", container: web, target: 1", 13, "found text", "the quotes", true),
        port("listen: 80.5, container: web, target: 1", 13, "found a number", "", true),
        port(
            "listen: 1, address: 300.1.1.1, container: web, target: 1",
            25,
            "'300.1.1.1' is not an IPv4 address",
            "192.0.2.10",
            true),
        add("replicas: 17", 10, 11, "a whole number from 1 to 16", "", true),
        add("upgrade: { hold: 250 }", 10, 18, "expected a duration", "250ms, 30s", true),
        add("upgrade: { hold: 2h }", 10, 18, "from 1ms to 1m", "", false),
        add("upgrade: { hold: 1.5s }", 10, 18, "found '1.5s'", "250ms, 30s", true),
        add("probe: { healthyAfter: 0 }", 10, 24, "from 1 to 100", "", true),
        resources("memory: 64M", 26, "expected a size", "256Mi", true),
        resources("memory: 1Mi", 26, "from 6Mi to 1Ti", "", false),
        resources("memory: 9999999999Ti", 26, "from 6Mi to 1Ti", "", false),
        resources("memory: 67108864", 26, "expected a size", "256Mi", true),
        resources("memory: 64Mi, cpus: 0", 38, "a number from 0.01", "", true),
        resources("memory: 64Mi, cpus: .nan", 38, "'.nan' is not a number", "", true),
        resources("memory: 64Mi, pids: -1", 38, "from 1 to 32768", "", true));
  }

  private static List<BadManifest> wiring() {
    return List.of(
        port("listen: 80, container: wep, target: 1", 28, "no container 'wep'", "'web'", false),
        add(
            "  - { listen: 80, address: 127.0.0.1, container: web, target: 1, protocol: tcp }",
            10,
            15,
            "port 80 is taken by entry 1",
            "another port",
            false),
        add(
            """
              - { listen: 502, container: web, target: 502, protocol: modbus }
            upgrade: { hold: 200ms }""",
            10,
            5,
            "a request may take 200 ms, and the hold waits for it 200 ms at most",
            "raise upgrade.hold",
            false),
        add(
            "  - { listen: 502, container: web, target: 502, protocol: modbus, modbus: { answer: 2s }"
                + " }",
            10,
            85,
            "a request may take 2000 ms, and the hold waits for it 250 ms at most",
            "raise upgrade.hold",
            false),
        add("health: [ { container: db, tcp: 1 } ]", 10, 24, "no container 'db'", "of web", false),
        container("dependsOn: [ db ]", 5, "there is no container 'db'", "", false),
        container("dependsOn: [ web ]", 5, "in a circle: web → web", "", false),
        at(
            8,
            """
              - { name: a, image: a, resources: { memory: 9Mi }, dependsOn: [ b ] }
              - { name: b, image: b, resources: { memory: 9Mi }, dependsOn: [ c ] }
              - { name: c, image: c, resources: { memory: 9Mi }, dependsOn: [ a ] }
            ports:""",
            8,
            54,
            "in a circle: a → b → c → a",
            "",
            false),
        at(
            8,
            "  - { name: web, image: web, resources: { memory: 9Mi } }\nports:",
            8,
            13,
            "two containers are called 'web'",
            "",
            false),
        add("upgrade: { strategy: rolling }", 10, 22, "2 replicas or more", "blue-green", false),
        at(
            7,
            "    resources: { memory: 9Mi }\n    security: { hostNetwork: true }\nwaivers: [ host-network ]",
            11,
            30,
            "on the host's network",
            "take off",
            false));
  }

  private static List<BadManifest> later() {
    return List.of(
        at(2, "kind: Rollout", 7, "this is a rollout, and an app is expected", "apply it", true));
  }

  private static List<BadManifest> lint() {
    return List.of(
        at(7, "    resources: { cpus: 1 }", 5, "no memory limit", "memory-limit", true),
        at(7, "    command: []", 5, 5, "no memory limit", "memory-limit", true),
        container(
            "volumes: [ \"/var/run/docker.sock:/s:ro\" ]",
            16,
            "the engine",
            "docker-socket",
            false),
        container("volumes: [ \"/run:/run:ro\" ]", 16, "the engine", "docker-socket", false),
        container("volumes: [ \"/etc:/e:ro\" ]", 16, "path of the host", "host-path", false),
        container("volumes: [ \"data:/data\" ]", 16, "both slots would write", "shared", false),
        container("devices: [ /dev/ttyS0 ]", 16, "which is exclusive", ":shared", false),
        container("security: { privileged: true }", 29, "is privileged", "privileged", false),
        container("security: { capAdd: [ SYS_ADMIN ] }", 17, "way out", "dangerous", false),
        add("waivers: [ docker-sock ]", 10, 12, "expected one of", "'docker-socket'", true),
        add("waivers: [ shared-volume ]", 10, 12, "expected one of", "", true));
  }

  private static List<BadManifest> yaml() {
    String deep = "[".repeat(100_000);
    return List.of(
        whole("empty", "", 1, 1, "the text is empty", "apiVersion", false),
        whole("only a comment", "# nothing\n", 1, 1, "the text is empty", "", false),
        whole("text", "hello", 1, 1, "expected a map of keys, found text", "", true),
        whole("unclosed", "a: [ b", 1, 7, "broken YAML", "", false),
        whole("tab", "a:\n\t- b\n", 2, 1, "broken YAML", "", false),
        whole("deep", deep, 1, 33, "nested deeper than 32 levels", "", false),
        whole("1 MB of nesting", deep.repeat(10), 1, 1, "longer than 256 KiB", "", false),
        whole("control character", "a: \u0007", 1, 1, "broken YAML", "", false),
        at(3, "name: web\nname: web", 4, 1, "duplicate key 'name', first in line 3", "", false),
        at(3, "name: &x web", 7, "anchors and aliases", "write the value out", false),
        at(3, "name: *x", 7, "anchors and aliases", "write the value out", false),
        at(3, "name: !!str web", 7, "tag 'tag:yaml.org,2002:str'", "leave out", false),
        at(3, "name: !x web", 7, "tag '!x' is not allowed", "leave out", false),
        add("<<: { replicas: 2 }", 10, 1, "unknown key '<<'", "", true),
        add("? [ a, b ]\n: c", 10, 3, "a key must be a word", "", false),
        add("--- \nkind: App", 10, 1, "a second document starts here", "one manifest", false),
        add("replicas: \"\\ud800\"", 10, 11, "surrogate", "", true),
        container("env: { A: \"a\\0b\" }", 15, "is not text", "", false));
  }

  private static BadManifest at(
      int line, String text, int column, String message, String hint, boolean schema) {
    return at(line, text, line, column, message, hint, schema);
  }

  private static BadManifest at(
      int replaced,
      String text,
      int line,
      int column,
      String message,
      String hint,
      boolean schema) {
    List<String> lines = new ArrayList<>(GOOD);
    lines.set(replaced - 1, text);
    return whole(
        text.strip(), String.join("\n", lines) + "\n", line, column, message, hint, schema);
  }

  static BadManifest add(
      String text, int line, int column, String message, String hint, boolean schema) {
    return whole(text, good() + text + "\n", line, column, message, hint, schema);
  }

  /** A key of the container, in line 8. */
  private static BadManifest container(
      String text, int column, String message, String hint, boolean schema) {
    return container(text, 8, column, message, hint, schema);
  }

  static BadManifest container(
      String text, int line, int column, String message, String hint, boolean schema) {
    return at(8, "    " + text + "\nports:", line, column, message, hint, schema);
  }

  private static BadManifest port(
      String keys, int column, String message, String hint, boolean schema) {
    return at(9, "  - { " + keys + ", protocol: tcp }", column + 2, message, hint, schema);
  }

  private static BadManifest resources(
      String keys, int column, String message, String hint, boolean schema) {
    return at(7, "    resources: { " + keys + " }", column, message, hint, schema);
  }

  private static BadManifest whole(
      String name, String text, int line, int column, String message, String hint, boolean schema) {
    return new BadManifest(
        name.substring(0, Math.min(60, name.length())), text, line, column, message, hint, schema);
  }
}
