package dev.reprise.runtime.http;

import io.javalin.http.Context;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes the body of a request into a file, whatever it states about itself, no further than the limit. */
final class JarBody {
  /** Of jars. */
  static final String TYPE = "application/java-archive";

  private static final int CHUNK = 64 * 1024;

  private final long limit;

  /** Bodies of at most {@code limit} bytes. */
  JarBody(long limit) {
    this.limit = limit;
  }

  /**
   * A file with the body; the caller deletes it.
   *
   * @throws ProblemException it is too large, empty, not stated to be a jar, or breaks off
   */
  Path read(Context ctx) {
    if (ctx.req().getContentLengthLong() > limit) {
      throw tooLarge();
    }
    var type = ctx.header("Content-Type");
    var encoding = ctx.header("Content-Encoding");
    if (type == null
        || !type.strip().equalsIgnoreCase(TYPE)
        || encoding != null && !encoding.equalsIgnoreCase("identity")) {
      throw Problem.UNSUPPORTED_MEDIA_TYPE
          .because("send the jar itself, as it is, with Content-Type: " + TYPE)
          .withHeader("Accept-Post", TYPE);
    }
    try {
      var file = Files.createTempFile("reprise-upload-", ".jar");
      try {
        copy(ctx, file);
      } catch (ProblemException e) {
        Files.deleteIfExists(file);
        throw e;
      }
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException("a jar that was sent cannot be written to a file", e);
    }
  }

  private void copy(Context ctx, Path file) throws IOException {
    long left = limit;
    var chunk = new byte[CHUNK];
    try (var out = Files.newOutputStream(file)) {
      // the stream of the servlet: Javalin's own has a limit of its own
      InputStream body = ctx.req().getInputStream();
      for (int read = read(body, chunk); read >= 0; read = read(body, chunk)) {
        left -= read;
        if (left < 0) {
          throw tooLarge();
        }
        out.write(chunk, 0, read);
      }
    }
    if (left == limit) {
      throw Problem.MALFORMED_REQUEST.because("there is no body: send a jar");
    }
  }

  private static int read(InputStream body, byte[] chunk) {
    try {
      return body.read(chunk);
    } catch (IOException e) {
      throw Problem.MALFORMED_REQUEST
          .because("the body broke off or is not encoded as stated")
          .withHeader("Connection", "close");
    }
  }

  private ProblemException tooLarge() {
    return Problem.BODY_TOO_LARGE
        .because("the jar is longer than " + limit + " bytes, which max-jar of this server says")
        .with("limit", limit)
        .withHeader("Connection", "close");
  }
}
