package dev.bumpless.agent.swap;

/**
 * Everything outside that the heart speaks to.
 *
 * @param listenAddress where ports listen that name no address: {@code 0.0.0.0}
 */
public record Seams(
    ContainerEngine engine,
    ImageStore images,
    RouteControl routes,
    HealthProbe probe,
    GapMeter gaps,
    StateTransfer transfer,
    Comparison comparison,
    Journal journal,
    Reporter reporter,
    Leases leases,
    Ticker ticker,
    String listenAddress) {}
