package dev.bumpless.controller.broker;

import dev.bumpless.protocol.DeviceId;
import dev.bumpless.protocol.Topics;

/**
 * What the holder of a certificate may do on the broker; everything else is denied. Nothing that
 * the client says of itself counts, but for the client id, which must be the certificate's common
 * name.
 */
sealed interface Rights {
  String CONTROLLER = "controller";

  boolean mayPublish(String topic, boolean retained);

  boolean mayLeaveWill(String topic);

  boolean maySubscribe(String filter);

  /** The rights of a common name; throws IllegalArgumentException where it is nobody's. */
  static Rights of(String commonName) {
    return commonName.equals(CONTROLLER)
        ? new OfController()
        : new OfDevice(new Topics(new DeviceId(commonName)));
  }

  /** Speaks below its own {@code up/}, listens below its own {@code down/}. */
  record OfDevice(Topics topics) implements Rights {
    @Override
    public boolean mayPublish(String topic, boolean retained) {
      String up = folderOf(topics.presence());
      return topic.length() > up.length()
          && topic.startsWith(up)
          && (!retained || topic.equals(topics.presence()));
    }

    @Override
    public boolean mayLeaveWill(String topic) {
      return topic.equals(topics.presence());
    }

    @Override
    public boolean maySubscribe(String filter) {
      String down = folderOf(topics.allDown());
      return filter.length() > down.length() && filter.startsWith(down);
    }

    private static String folderOf(String topic) {
      return topic.substring(0, topic.lastIndexOf('/') + 1);
    }
  }

  /** The mirror image, for every device. */
  record OfController() implements Rights {
    @Override
    public boolean mayPublish(String topic, boolean retained) {
      return !retained && topic.matches("bumpless/v1/d/[a-z0-9][a-z0-9-]{0,62}/down/[^/].*");
    }

    @Override
    public boolean mayLeaveWill(String topic) {
      return false;
    }

    @Override
    public boolean maySubscribe(String filter) {
      return filter.matches("bumpless/v1/d/([a-z0-9][a-z0-9-]{0,62}|\\+)/up/.+");
    }
  }
}
