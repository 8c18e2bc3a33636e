package dev.bumpless.controller.rollout;

import dev.bumpless.manifest.AppName;
import dev.bumpless.protocol.DeviceId;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Where orders and their sequences are kept. Called by any thread; durable when the call returns,
 * or inside {@link #inTransaction} when that does.
 */
public interface OrderStore {

  /** Does all or nothing of the work; calls of this and the other stores inside belong to it. */
  <T> T inTransaction(Supplier<T> work);

  /** Takes the next sequence of a device; never gives one twice, not after a crash either. */
  long nextSequence(DeviceId device);

  /** Makes the next sequence higher than this one, which the device says it has seen. */
  void raiseSequence(DeviceId device, long seen);

  /** Keeps an order, in place of the one for that app and device, unless that is a newer one. */
  void save(StoredOrder order);

  /** The newest order of each app of a device, by sequence. */
  List<StoredOrder> ordersOf(DeviceId device);

  /** Whether the newest order of that app and device has this sequence, and is accepted. */
  boolean isAccepted(DeviceId device, AppName app, long sequence);

  /** Devices with an order that they have not accepted, and that was not withdrawn. */
  Set<DeviceId> waiting();

  /** The newest order for an app, of each device that ever had one. */
  List<StoredOrder> ordersFor(AppName app);
}
