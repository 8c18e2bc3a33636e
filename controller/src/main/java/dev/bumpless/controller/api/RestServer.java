package dev.bumpless.controller.api;

import dev.bumpless.controller.audit.AuditLog;
import dev.bumpless.controller.fleet.Fleet;
import dev.bumpless.controller.fleet.LogSource;
import dev.bumpless.controller.lease.Turn;
import dev.bumpless.controller.release.ReleaseService;
import dev.bumpless.controller.rollout.Rollouts;
import dev.bumpless.controller.source.SourceName;
import dev.bumpless.controller.source.Sources;
import dev.bumpless.protocol.MessageCodec.AppText;
import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** The HTTP server: routes, authentication, limits, audit. */
public final class RestServer implements AutoCloseable {
  static final String BASE = "/api/v1";
  static final int MAX_BODY_BYTES = 1024 * 1024;

  /** Name of the request's attribute that holds what it was about, for the audit. */
  static final String OBJECT = Auditing.OBJECT;

  private static final int MOST_THREADS = 64;
  private static final int LEAST_THREADS = 4;
  private static final int MOST_CONNECTIONS = 512;
  private static final int IDLE_MILLIS = 60_000;
  static final int MAX_HEADER_BYTES = 8 * 1024;

  private final Javalin server;

  private RestServer(Javalin server) {
    this.server = server;
  }

  /**
   * Everything that it answers from.
   *
   * @param token the first, which has no name
   * @param callers who else may call
   * @param webhookSecrets of those sources that have a webhook
   * @param turn whether this controller is the one that looks at the sources
   */
  public record Parts(
      String token,
      Callers callers,
      Fleet fleet,
      ReleaseService releases,
      Rollouts rollouts,
      LogSource logs,
      Sources sources,
      Map<SourceName, String> webhookSecrets,
      AuditLog audit,
      AppText appText,
      Turn turn,
      InstantSource clock) {}

  /** Returns when it listens; throws where it cannot. */
  public static RestServer start(InetSocketAddress address, Parts parts) {
    Javalin server = Javalin.create(config -> configure(config, parts));
    server.start(address.getHostString(), address.getPort());
    return new RestServer(server);
  }

  public int port() {
    return server.port();
  }

  /** Every call that it knows, as {@code METHOD /path}. */
  public List<String> calls() {
    return server.unsafe.internalRouter.allHttpHandlers().stream()
        .map(parsed -> parsed.endpoint)
        .filter(endpoint -> endpoint.method.isHttpMethod())
        .map(endpoint -> endpoint.method.name() + " " + endpoint.path)
        .toList();
  }

  @Override
  public void close() {
    server.stop();
  }

  private static void configure(JavalinConfig config, Parts parts) {
    RestJson json = new RestJson();
    config.startup.showJavalinBanner = false;
    config.startup.showOldJavalinVersionWarning = false;
    config.startup.startupWatcherEnabled = false;
    config.http.maxRequestSize = MAX_BODY_BYTES;
    config.jetty.threadPool = new QueuedThreadPool(MOST_THREADS, LEAST_THREADS, IDLE_MILLIS);
    config.jetty.modifyServer(
        jetty -> {
          jetty.addBean(new NetworkConnectionLimit(MOST_CONNECTIONS, jetty));
          jetty.setErrorHandler(new PlainErrors(json));
        });
    config.jetty.modifyHttpConfiguration(
        http -> {
          http.setRequestHeaderSize(MAX_HEADER_BYTES);
          http.setSendServerVersion(false);
        });
    install(config.routes, parts, json);
  }

  private static void install(RoutesConfig routes, Parts parts, RestJson json) {
    BearerToken token = new BearerToken(parts.token(), parts.callers());
    Errors errors = new Errors(json);
    errors.installOn(routes);
    routes.before(BASE + "/*", context -> authenticate(context, token));
    Auditing auditing = new Auditing(parts.audit(), parts.clock());
    routes.after(BASE + "/*", auditing::after);
    routes.after(SourceRoutes.HOOKS + "/*", auditing::after);
    new RolloutRoutes(parts.rollouts(), parts.fleet(), auditing, parts.clock(), json)
        .installOn(routes);
    new AppRoutes(parts.releases(), parts.rollouts(), parts.fleet(), parts.appText(), json)
        .installOn(routes);
    new DeviceRoutes(parts.fleet(), parts.rollouts(), parts.releases(), auditing, json)
        .installOn(routes);
    new SourceRoutes(parts.sources(), parts.webhookSecrets(), parts.turn(), json).installOn(routes);
    new AuditRoutes(parts.audit(), json).installOn(routes);
    new LogRoutes(parts.logs(), parts.clock()).installOn(routes);
    routes.get("/healthz", context -> context.contentType("text/plain").result("ok\n"));
    routes.get("/openapi.json", RestServer::openApi);
    routes.get(BASE + "/openapi.json", RestServer::openApi);
  }

  private static void authenticate(Context context, BearerToken token) {
    if (!context.path().equals(BASE + "/openapi.json")) {
      context.attribute(Auditing.ACTOR, token.check(context));
    }
  }

  private static void openApi(Context context) throws IOException {
    try (InputStream in = RestServer.class.getResourceAsStream("/openapi.json")) {
      if (in == null) {
        throw new IllegalStateException("openapi.json is not in the jar");
      }
      context.contentType("application/json").result(in.readAllBytes());
    }
  }
}
