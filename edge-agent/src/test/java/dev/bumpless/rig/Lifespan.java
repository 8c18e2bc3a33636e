package dev.bumpless.rig;

import dev.bumpless.agent.swap.RouteControl.Hold;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The calls of a {@link LooseAgent} to its seams since its newest order came, and the one of them
 * that it does not live through. It is told which in the file {@code death}, and tells in the file
 * {@code calls} those that are over.
 */
final class Lifespan {
  /** As the shell tells SIGKILL. Like it, a halt runs no hook and no {@code finally}. */
  private static final int KILLED = 137;

  private final Path deathFile;
  private final Path callsFile;
  private final Map<String, Integer> begun = new HashMap<>();
  private Optional<Death> death = Optional.empty();

  Lifespan(Path folder) {
    deathFile = folder.resolve("death");
    callsFile = folder.resolve("calls");
  }

  /** For the test: so the next order ends. */
  void next(Death newer) throws IOException {
    Path unfinished = deathFile.resolveSibling("death.unfinished");
    Files.writeString(unfinished, newer.toString());
    Files.move(unfinished, deathFile, StandardCopyOption.ATOMIC_MOVE);
  }

  /** For the test: the calls that are over, {@code engine.create 1}, since the last order came. */
  List<String> calls() throws IOException {
    if (!Files.exists(callsFile)) {
      return List.of();
    }
    String text = Files.readString(callsFile);
    return new ArrayList<>(text.substring(0, text.lastIndexOf('\n') + 1).lines().toList());
  }

  /** For the agent: an order has come. A death counts for one life alone. */
  synchronized void begin() throws IOException {
    begun.clear();
    Files.writeString(callsFile, "");
    death =
        Files.exists(deathFile)
            ? Optional.of(Death.parse(Files.readString(deathFile)))
            : Optional.empty();
    Files.deleteIfExists(deathFile);
  }

  /** For the agent: the seam, with every call of it counted. */
  <T> T counting(String name, Class<T> seam, T real) {
    return seam.cast(
        Proxy.newProxyInstance(
            seam.getClassLoader(),
            new Class<?>[] {seam},
            (proxy, method, arguments) -> call(name, method, real, arguments)));
  }

  private Object call(String name, Method method, Object real, Object[] arguments)
      throws Throwable {
    String call = name + "." + method.getName();
    int nth = count(call);
    dieIf(new Death(true, call, nth));
    try {
      Object result = method.invoke(real, arguments);
      return result instanceof Hold hold ? counting("hold", Hold.class, hold) : result;
    } catch (InvocationTargetException e) {
      throw e.getCause();
    } finally {
      dieIf(new Death(false, call, nth));
      note(call + " " + nth);
    }
  }

  private synchronized int count(String call) {
    return begun.merge(call, 1, Integer::sum);
  }

  private synchronized void dieIf(Death here) {
    if (death.filter(here::equals).isPresent()) {
      Runtime.getRuntime().halt(KILLED);
    }
  }

  private synchronized void note(String call) {
    try {
      Files.writeString(
          callsFile, call + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
