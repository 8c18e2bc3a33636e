package dev.bumpless.router;

import java.util.List;

/**
 * A router with one app of one route, {@code blue} serving, {@code green} known where there is one.
 */
public final class Service implements AutoCloseable {
  private final RunningRouter router;
  private final String listen;

  private Service(RunningRouter router, String listen) {
    this.router = router;
    this.listen = listen;
  }

  public static Service http(RunningRouter router, Instance... blueThenGreen) {
    return of(router, "http", blueThenGreen);
  }

  public static Service tcp(RunningRouter router, Instance... blueThenGreen) {
    return of(router, "tcp", blueThenGreen);
  }

  public static Service modbus(RunningRouter router, Instance... blueThenGreen) {
    return of(router, "modbus", blueThenGreen);
  }

  private static Service of(RunningRouter router, String protocol, Instance... blueThenGreen) {
    String listen = RunningRouter.freeAddress();
    StringBuilder define = new StringBuilder("define app route=" + listen + "/" + protocol);
    List<String> places = List.of("blue/0", "green/0");
    for (int i = 0; i < blueThenGreen.length; i++) {
      define.append(" target=").append(places.get(i)).append(',').append(listen).append(',');
      define.append(blueThenGreen[i].address());
    }
    try (ControlClient control = router.control()) {
      control.must(define.toString());
    }
    router.flip("app", "blue");
    return new Service(router, listen);
  }

  /** All of them serve. */
  public static Service replicas(RunningRouter router, String protocol, String... addresses) {
    String listen = RunningRouter.freeAddress();
    StringBuilder define = new StringBuilder("define app route=" + listen + "/" + protocol);
    for (int i = 0; i < addresses.length; i++) {
      define.append(" target=blue/").append(i).append(',').append(listen).append(',');
      define.append(addresses[i]);
    }
    try (ControlClient control = router.control()) {
      control.must(define.toString());
    }
    router.flip("app", "blue");
    return new Service(router, listen);
  }

  public RunningRouter router() {
    return router;
  }

  public String listen() {
    return listen;
  }

  public Peer connect() {
    return Peer.connect(listen);
  }

  public void flipToGreen() {
    router.flip("app", "green");
  }

  /** The line of {@code show stats} that is about the instance. */
  public String stats(String place) {
    try (ControlClient control = router.control()) {
      return control.askAll("show stats").stream()
          .filter(line -> line.startsWith("instance app " + place))
          .findFirst()
          .orElseThrow();
    }
  }

  public long stat(String place, String name) {
    return Long.parseLong(ControlClient.value(stats(place), name));
  }

  @Override
  public void close() {
    router.close();
  }
}
