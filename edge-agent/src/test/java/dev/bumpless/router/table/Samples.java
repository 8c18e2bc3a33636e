package dev.bumpless.router.table;

import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** Records to test with. */
final class Samples {
  static final Endpoint HTTP = Endpoint.parse("127.0.0.1:1880");
  static final Endpoint MODBUS = Endpoint.parse("[::1]:502");
  static final Instance BLUE = Instance.parse("blue/0");
  static final Instance GREEN = Instance.parse("green/0");

  private Samples() {}

  static SortedMap<Endpoint, Protocol> routes() {
    return new TreeMap<>(
        Map.of(HTTP, Protocol.HTTP, MODBUS, Protocol.parse("modbus,pipelined=4,answer=2000ms")));
  }

  static SortedMap<Instance, SortedMap<Endpoint, Endpoint>> targets() {
    return new TreeMap<>(Map.of(BLUE, target(2), GREEN, target(3)));
  }

  static SortedMap<Endpoint, Endpoint> target(int host) {
    return new TreeMap<>(
        Map.of(
            HTTP, Endpoint.parse("172.30.1." + host + ":1880"),
            MODBUS, Endpoint.parse("172.30.1." + host + ":5020")));
  }

  static SortedSet<Instance> set(Instance... instances) {
    return new TreeSet<>(java.util.List.of(instances));
  }

  static AppRecord record(long generation, Instance... serving) {
    return new AppRecord("pump", generation, routes(), targets(), set(serving));
  }
}
