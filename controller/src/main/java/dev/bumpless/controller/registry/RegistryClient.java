package dev.bumpless.controller.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/**
 * GET with whatever a registry wants to see before it answers: nothing, Basic, or a bearer token of
 * the server that its challenge names. Plain http only to loopback and to the registries that the
 * configuration calls insecure. Thread safe.
 */
final class RegistryClient {
  private static final Duration CONNECT = Duration.ofSeconds(10);
  private static final Duration ANSWER = Duration.ofSeconds(30);
  static final int MAX_BYTES = 4 * 1024 * 1024;

  private final HttpClient http =
      HttpClient.newBuilder()
          .connectTimeout(CONNECT)
          .followRedirects(HttpClient.Redirect.NEVER)
          .build();
  private final ObjectMapper mapper = new ObjectMapper();
  private final Credentials credentials;
  private final Set<String> insecure;

  RegistryClient(Credentials credentials, Set<String> insecure) {
    this.credentials = credentials;
    this.insecure = Set.copyOf(insecure);
  }

  /**
   * @param status as in HTTP
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Answer(int status, byte[] body, Optional<String> contentType) {}

  /**
   * @param path below {@code /v2/}
   */
  Answer get(String registry, String repository, String path, String accept)
      throws IOException, InterruptedException {
    URI uri = URI.create(base(registry) + "/v2/" + path);
    HttpResponse<InputStream> answer = send(uri, accept, Optional.empty());
    if (answer.statusCode() == 401) {
      Optional<Challenge> challenge =
          answer.headers().firstValue("WWW-Authenticate").map(Challenge::parse);
      answer.body().close();
      Optional<String> authorization =
          challenge.isPresent()
              ? authorization(registry, repository, challenge.get())
              : Optional.empty();
      if (authorization.isEmpty()) {
        return new Answer(401, new byte[0], Optional.empty());
      }
      answer = send(uri, accept, authorization);
    }
    return finish(uri, accept, answer);
  }

  /** Blobs are often kept elsewhere: one redirect is followed, without the credentials. */
  private Answer finish(URI uri, String accept, HttpResponse<InputStream> answer)
      throws IOException, InterruptedException {
    boolean isElsewhere = answer.statusCode() >= 301 && answer.statusCode() <= 308;
    Optional<String> location = answer.headers().firstValue("Location");
    HttpResponse<InputStream> last = answer;
    if (isElsewhere && location.isPresent()) {
      answer.body().close();
      URI target = address(uri, location.get());
      if (uri.getScheme().equals("https") && !target.getScheme().equals("https")) {
        throw new IOException(uri.getHost() + " redirects from https to " + target.getScheme());
      }
      last = send(target, accept, Optional.empty());
    }
    try (InputStream in = last.body()) {
      byte[] body = in.readNBytes(MAX_BYTES + 1);
      if (body.length > MAX_BYTES) {
        throw new IOException("the answer is larger than " + MAX_BYTES + " bytes");
      }
      return new Answer(last.statusCode(), body, last.headers().firstValue("Content-Type"));
    }
  }

  private HttpResponse<InputStream> send(URI uri, String accept, Optional<String> authorization)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri).timeout(ANSWER).header("Accept", accept);
    authorization.ifPresent(value -> request.header("Authorization", value));
    return http.send(request.build(), BodyHandlers.ofInputStream());
  }

  private Optional<String> authorization(String registry, String repository, Challenge challenge)
      throws IOException, InterruptedException {
    Optional<String> basic = credentials.basicFor(registry).map(value -> "Basic " + value);
    if (challenge.scheme().equals("basic")) {
      return basic;
    }
    Optional<String> realm = challenge.parameter("realm");
    if (!challenge.scheme().equals("bearer") || realm.isEmpty()) {
      return Optional.empty();
    }
    return token(registry, repository, challenge, realm.get(), basic).map(t -> "Bearer " + t);
  }

  private Optional<String> token(
      String registry, String repository, Challenge challenge, String realm, Optional<String> basic)
      throws IOException, InterruptedException {
    String scope = challenge.parameter("scope").orElse("repository:" + repository + ":pull");
    String query =
        "scope="
            + encode(scope)
            + challenge.parameter("service").map(s -> "&service=" + encode(s)).orElse("");
    URI uri =
        address(URI.create(base(registry)), realm + (realm.contains("?") ? "&" : "?") + query);
    if (!uri.getScheme().equals("https") && !mayBePlain(registry)) {
      throw new IOException(registry + " wants its password sent over " + uri.getScheme());
    }
    HttpResponse<InputStream> answer = send(uri, "application/json", basic);
    try (InputStream in = answer.body()) {
      JsonNode json = mapper.readTree(in.readNBytes(MAX_BYTES));
      if (answer.statusCode() != 200 || json == null) {
        return Optional.empty();
      }
      String token = json.path("token").asText(json.path("access_token").asText(""));
      return token.isEmpty() ? Optional.empty() : Optional.of(token);
    }
  }

  /** Where a registry sends us on to, which it may write as it likes. */
  private static URI address(URI from, String text) throws IOException {
    try {
      URI target = from.resolve(text);
      if (target.getHost() != null && Set.of("http", "https").contains(target.getScheme())) {
        return target;
      }
    } catch (IllegalArgumentException malformed) {
      // Told below, like one that is no address on the web.
    }
    throw new IOException("it sends on to '" + text + "', which is no http or https address");
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private String base(String registry) {
    String host = registry.equals("docker.io") ? "registry-1.docker.io" : registry;
    return (mayBePlain(registry) ? "http://" : "https://") + host;
  }

  private boolean mayBePlain(String registry) {
    return insecure.contains(registry) || isLoopback(registry);
  }

  /** By its literal address or as {@code localhost}; a name is never looked up for this. */
  private static boolean isLoopback(String registry) {
    String host = registry.replaceFirst(":[0-9]+$", "");
    if (host.equals("localhost")) {
      return true;
    }
    if (!host.matches("[0-9]+(\\.[0-9]+){3}") && !host.startsWith("[")) {
      return false;
    }
    try {
      return InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }
}
