package dev.bumpless.agent.swap;

import dev.bumpless.manifest.ImageRef;

/** The fake keeps the contract of the engine. */
class FakeEngineTest extends ContainerEngineContract {
  private final Calls calls = new Calls();
  private final FakeTicker ticker = new FakeTicker();
  private final FakeEngine engine = new FakeEngine(calls, ticker);

  @Override
  protected ContainerEngine engine() {
    engine.imagesIn(image -> image.equals(image()));
    return engine;
  }

  @Override
  protected ImageRef image() {
    return ImageRef.parse("127.0.0.1:5000/tiny:1").withDigest("sha256:" + "1".repeat(64));
  }

  @Override
  protected void crash(ObservedContainer container) {
    engine.crash(container.instance(), 3);
  }
}
