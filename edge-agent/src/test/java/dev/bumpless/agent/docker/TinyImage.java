package dev.bumpless.agent.docker;

import dev.bumpless.trust.Sha256;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * An image of Debian's static busybox and nothing else, about 1 MB.
 *
 * <p>Its command serves {@code GET /} with its name on port 8080 and ends with exit code 3 once
 * somebody makes the file {@code /tmp/crash}.
 *
 * @param architecture as OCI names it; only the engine's own can run
 * @param layers tar.gz
 */
@SuppressWarnings("ArrayRecordComponent")
public record TinyImage(String architecture, List<String> command, List<byte[]> layers) {
  public static final int PORT = 8080;

  /** Run in a container it makes it end with 3, even one that is just beginning. */
  public static final List<String> CRASH =
      List.of(
          "/bin/busybox",
          "sh",
          "-c",
          "while :; do busybox touch /tmp/crash; busybox sleep 0.02; done");

  private static final String SERVE =
      "busybox rm -f /tmp/crash; busybox httpd -p 8080 -h /www; while [ ! -e /tmp/crash ]; do busybox sleep 0.05; done;"
          + " exit 3";

  /** What {@code GET /} answers is the name. */
  public static TinyImage named(String name) throws IOException {
    return new TinyImage(own(), List.of("/bin/busybox", "sh", "-c", SERVE), List.of(layer(name)));
  }

  /** One static program and nothing else; {@code mark} makes images of the same program differ. */
  public static TinyImage ofProgram(byte[] program, String mark) throws IOException {
    Tar tar = new Tar();
    tar.folder("tmp/", 01777);
    tar.file("app", 0755, program);
    tar.file("mark", 0644, mark.getBytes(StandardCharsets.UTF_8));
    return new TinyImage(own(), List.of("/app"), List.of(gzip(tar.bytes())));
  }

  public TinyImage withArchitecture(String other) {
    return new TinyImage(other, command, layers);
  }

  /** With a further layer of bytes that do not compress. */
  public TinyImage withBallast(int bytes) throws IOException {
    byte[] noise = new byte[bytes];
    new Random(bytes).nextBytes(noise);
    Tar tar = new Tar();
    tar.file("ballast", 0644, noise);
    return new TinyImage(architecture, command, List.of(layers.get(0), gzip(tar.bytes())));
  }

  /** This machine's architecture as OCI names it. */
  public static String own() {
    String arch = System.getProperty("os.arch");
    return arch.equals("aarch64") ? "arm64" : arch;
  }

  Map<String, Object> config() throws IOException {
    return Map.of(
        "architecture",
        architecture,
        "os",
        "linux",
        "config",
        Map.of("Cmd", command, "Env", List.of("PATH=/bin")),
        "rootfs",
        Map.of("type", "layers", "diff_ids", diffIds()));
  }

  private List<String> diffIds() throws IOException {
    java.util.ArrayList<String> ids = new java.util.ArrayList<>();
    for (byte[] layer : layers) {
      try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(layer))) {
        ids.add("sha256:" + Sha256.hex(in.readAllBytes()));
      }
    }
    return ids;
  }

  private static byte[] layer(String name) throws IOException {
    Tar tar = new Tar();
    tar.folder("bin/", 0755);
    tar.folder("tmp/", 01777);
    tar.folder("www/", 0755);
    tar.file("bin/busybox", 0755, Files.readAllBytes(Path.of("/bin/busybox")));
    tar.file(
        "bin/sh",
        0755,
        "#!/bin/busybox sh\nexec /bin/busybox sh \"$@\"\n".getBytes(StandardCharsets.UTF_8));
    tar.file("www/index.html", 0644, (name + "\n").getBytes(StandardCharsets.UTF_8));
    return gzip(tar.bytes());
  }

  private static byte[] gzip(byte[] bytes) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(bytes);
    }
    return out.toByteArray();
  }

  /** The few lines of the ustar format (POSIX.1-1988) that a layer needs. */
  private static final class Tar {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    void folder(String name, int mode) {
      entry(name, mode, '5', new byte[0]);
    }

    void file(String name, int mode, byte[] body) {
      entry(name, mode, '0', body);
    }

    private void entry(String name, int mode, char type, byte[] body) {
      byte[] header = new byte[512];
      put(header, 0, name);
      put(header, 100, String.format("%07o", mode));
      put(header, 108, "0000000");
      put(header, 116, "0000000");
      put(header, 124, String.format("%011o", body.length));
      put(header, 136, "00000000000");
      put(header, 148, "        ");
      header[156] = (byte) type;
      put(header, 257, "ustar");
      put(header, 263, "00");
      int sum = 0;
      for (byte b : header) {
        sum += b & 0xFF;
      }
      put(header, 148, String.format("%06o", sum));
      header[154] = 0;
      out.writeBytes(header);
      out.writeBytes(body);
      out.writeBytes(new byte[(512 - body.length % 512) % 512]);
    }

    byte[] bytes() {
      out.writeBytes(new byte[1024]);
      return out.toByteArray();
    }

    private static void put(byte[] header, int at, String text) {
      byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
      System.arraycopy(bytes, 0, header, at, bytes.length);
    }
  }
}
