package dev.bumpless.router.modbus;

import dev.bumpless.router.Instance;
import dev.bumpless.router.Peer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A server that answers a read of a register with its address, and misbehaves by chance: answers in
 * another order, late, twice, not at all, what nobody asked, or ends the connection in between.
 */
final class UnrulyServer {
  private final Map<Integer, Integer> writes = new ConcurrentHashMap<>();
  private final Instance instance;
  private final long seed;

  UnrulyServer(long seed) {
    this.seed = seed;
    this.instance = Instance.running(this::serve);
  }

  private void serve(Peer client) throws Exception {
    Random random = new Random(seed);
    List<Adu> owed = new ArrayList<>();
    while (true) {
      owed.add(Adu.from(client));
      while (owed.size() < 4 && client.socket().getInputStream().available() > 0) {
        owed.add(Adu.from(client));
      }
      Collections.shuffle(owed, random);
      while (owed.size() > (random.nextInt(10) == 0 ? 1 : 0)) {
        answer(client, owed.remove(owed.size() - 1), random);
      }
      if (random.nextInt(200) == 0) {
        return;
      }
    }
  }

  private void answer(Peer client, Adu request, Random random) {
    if (request.function() == 6) {
      writes.merge(request.address(), 1, Integer::sum);
    }
    int luck = random.nextInt(100);
    if (luck < 2) {
      return;
    }
    Adu answer =
        request.function() == 6
            ? request
            : request.reply(3, 2, request.address() >> 8, request.address());
    client.send(answer.bytes());
    if (luck < 5) {
      client.send(answer.bytes());
    } else if (luck < 8) {
      client.send(Adu.of(random.nextInt(1 << 16), 1, 3, 2, 0xde, 0xad).bytes());
    }
  }

  Instance instance() {
    return instance;
  }

  int writesOf(int address) {
    return writes.getOrDefault(address, 0);
  }
}
