package dev.bumpless.controller.store;

import dev.bumpless.controller.fleet.MemoryFleetStore;
import dev.bumpless.controller.release.MemoryReleaseStore;
import dev.bumpless.controller.rollout.MemoryOrderStore;
import dev.bumpless.controller.rollout.MemoryRolloutStore;

class MemoryStoreTest extends StoreContract {
  @Override
  Stores open() {
    return new Stores(
        new MemoryFleetStore(),
        new MemoryReleaseStore(),
        new MemoryRolloutStore(),
        new MemoryOrderStore());
  }
}
