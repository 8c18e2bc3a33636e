package dev.bumpless.transport;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * A broker in memory for tests. Delivers in the publisher's thread, so that a test decides when
 * things happen; everything may be called by any thread. What a real broker may do to a message, a
 * test can ask for: {@link #lose}, {@link #deliverTwice}, {@link #refuse}.
 */
public final class LoopbackBroker {
  private final Map<String, LoopbackTransport> clients = new LinkedHashMap<>();
  private final Map<String, byte[]> retained = new LinkedHashMap<>();
  private Predicate<String> lost = topic -> false;
  private Predicate<String> doubled = topic -> false;
  private boolean isRefusing;

  public MqttTransport transport(String clientId) {
    return new LoopbackTransport(this, clientId);
  }

  /** Acknowledges messages to these topics and drops them. */
  public synchronized void lose(Predicate<String> topics) {
    lost = topics;
  }

  /** Delivers messages to these topics twice, as QoS 1 may. */
  public synchronized void deliverTwice(Predicate<String> topics) {
    doubled = topics;
  }

  /** Whether new connections fail. */
  public synchronized void refuse(boolean on) {
    isRefusing = on;
  }

  public synchronized boolean isConnected(String clientId) {
    return clients.containsKey(clientId);
  }

  /** Loses the connection of a client: its will is published. */
  public synchronized void cut(String clientId) {
    end(clientId, "cut by the test");
  }

  /** Loses all connections, and what was retained. */
  public synchronized void restart() {
    for (String clientId : List.copyOf(clients.keySet())) {
      LoopbackTransport client = clients.remove(clientId);
      if (client != null) {
        client.lost("the broker went away");
      }
    }
    retained.clear();
  }

  synchronized void attach(LoopbackTransport client) throws TransportException {
    if (isRefusing) {
      throw new TransportException("the loopback broker refuses connections");
    }
    end(client.clientId(), "taken over");
    clients.put(client.clientId(), client);
    for (Map.Entry<String, byte[]> kept : List.copyOf(retained.entrySet())) {
      if (client.wants(kept.getKey())) {
        client.deliver(kept.getKey(), kept.getValue());
      }
    }
  }

  synchronized void detach(LoopbackTransport client) {
    clients.remove(client.clientId(), client);
  }

  synchronized void publish(LoopbackTransport from, String topic, byte[] payload, boolean retain)
      throws TransportException {
    if (clients.get(from.clientId()) != from) {
      throw new TransportException("cannot publish to " + topic + ": not connected");
    }
    if (!lost.test(topic)) {
      route(topic, payload, retain);
    }
  }

  private void end(String clientId, String reason) {
    LoopbackTransport client = clients.remove(clientId);
    if (client == null) {
      return;
    }
    client.lost(reason);
    MqttTransport.Will will = client.will();
    if (will != null) {
      route(will.topic(), will.payload(), true);
    }
  }

  private void route(String topic, byte[] payload, boolean retain) {
    if (retain && payload.length == 0) {
      retained.remove(topic);
    } else if (retain) {
      retained.put(topic, payload.clone());
    }
    int times = doubled.test(topic) ? 2 : 1;
    for (LoopbackTransport client : new ArrayList<>(clients.values())) {
      for (int i = 0; i < times && client.wants(topic); i++) {
        client.deliver(topic, payload.clone());
      }
    }
  }

  /** MQTT 5, section 4.7: {@code +} is one level, {@code #} all that follow. */
  static boolean matches(String filter, String topic) {
    String[] wanted = filter.split("/", -1);
    String[] levels = topic.split("/", -1);
    for (int i = 0; i < wanted.length; i++) {
      if (wanted[i].equals("#")) {
        return true;
      }
      if (i >= levels.length || !(wanted[i].equals("+") || wanted[i].equals(levels[i]))) {
        return false;
      }
    }
    return wanted.length == levels.length;
  }
}
