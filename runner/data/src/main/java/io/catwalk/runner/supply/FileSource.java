package io.catwalk.runner.supply;

import io.catwalk.runner.Reasons;
import io.catwalk.runner.RequestException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse.BodySubscribers;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads files from this machine ({@code file:}) or another ({@code https:}), within limits of time and size.
 *
 * @param patience the longest time to fetch a file
 */
public record FileSource(Supplier<HttpClient> client, Duration patience) {

    private static final int OK = 200;

    /** What stands before the host: a name and a password, perhaps with a slash that should have been encoded. */
    private static final Pattern USER = Pattern.compile("(?<=//)([^/\\s]*@|[^/\\s@:]*:(?!\\d+(/|$))\\S*@)");

    /**
     * Returns the source that the program uses, which creates its HTTP client only when it fetches something. It
     * follows redirects, but never from {@code https:} to {@code http:}.
     */
    public static FileSource standard() {
        return new FileSource(
                () -> HttpClient.newBuilder()
                        .connectTimeout(Duration.ofSeconds(10))
                        .followRedirects(HttpClient.Redirect.NORMAL)
                        .build(),
                Duration.ofMinutes(5));
    }

    /** Parses what a user wrote: the path of a file, or an address. */
    public static URI address(String text) {
        try {
            // A single letter before the colon is a drive.
            URI uri = text.matches("(?s)[A-Za-z][A-Za-z0-9+.-]+:.*")
                    ? URI.create(text)
                    : Path.of(text).toAbsolutePath().normalize().toUri();
            requireKind(uri);
            return uri;
        } catch (IllegalArgumentException e) {
            throw new RequestException(
                    "expected a file, or an address with file: or https:, but found " + Reasons.quoted(shown(text)), e);
        }
    }

    /** Hides the name and the password in an address, for messages and logs. */
    public static String shown(Object address) {
        return USER.matcher(address.toString()).replaceAll("***@");
    }

    /** Refuses addresses that are neither on this machine nor protected against changes in transit. */
    public static void requireKind(URI uri) {
        String scheme = String.valueOf(uri.getScheme());
        boolean remote = scheme.equals("https")
                && uri.getHost() != null
                && !uri.toString().contains("%00");
        if (!remote && !isLocal(uri)) {
            throw new RequestException("expected an address with https:, or with file: and a path, but found "
                    + Reasons.quoted(shown(uri))
                    + (scheme.equals("http") ? ", which can be changed in transit: use https:" : ""));
        }
    }

    /** Returns whether an address leads to a path of this machine: neither to a server, nor to a part of a file. */
    static boolean isLocal(URI uri) {
        try {
            return "file".equals(uri.getScheme())
                    && uri.getAuthority() == null
                    && Path.of(uri).isAbsolute();
        } catch (IllegalArgumentException e) {
            return false; // a path with a NUL, or something behind a ? or a #
        }
    }

    /** Copies a file to one that does not exist yet; the caller deletes what is left after a failure. */
    public void copy(URI from, Path to, long mostBytes) {
        requireKind(from);
        try {
            bring(from, to, mostBytes);
        } catch (IOException e) {
            throw new RequestException(
                    "cannot store the file at " + shown(from) + " as " + to + " (" + Reasons.of(e)
                            + "): the folder must be writable and have room",
                    e);
        }
    }

    /** Copies a file whose digest is known; {@code http:} is allowed, since a change in transit would be detected. */
    void bring(URI from, Path to, long mostBytes) throws IOException {
        boolean remote = String.valueOf(from.getScheme()).matches("https?") && from.getHost() != null;
        if (!remote && !isLocal(from)) {
            throw new RequestException("expected an address with https:, http:, or with file: and a path, but found "
                    + Reasons.quoted(shown(from)));
        }
        try (OutputStream out = Files.newOutputStream(to)) {
            read(from, new Limited(out, mostBytes));
        }
    }

    private void read(URI from, Limited limited) throws IOException {
        try {
            if ("file".equals(from.getScheme())) {
                Path file = Path.of(from);
                if (!Files.isRegularFile(file)) {
                    throw new IOException(Reasons.noFile(file));
                }
                try (InputStream in = Files.newInputStream(file)) {
                    in.transferTo(limited);
                }
            } else {
                fetch(from, limited);
            }
        } catch (IOException e) {
            IOException unstored = limited.failure;
            if (unstored != null) {
                throw unstored;
            }
            throw new RequestException(
                    "expected a file at " + shown(from) + ", but " + reason(e) + ": check the address", e);
        } catch (InterruptedException e) {
            throw RequestException.stopped("reading " + shown(from), e);
        }
    }

    private void fetch(URI from, OutputStream out) throws IOException, InterruptedException {
        CompletableFuture<HttpResponse<Void>> response =
                client.get().sendAsync(HttpRequest.newBuilder(from).build(), into(out));
        try {
            int status =
                    response.get(patience.toMillis(), TimeUnit.MILLISECONDS).statusCode();
            if (status != OK) {
                throw new IOException("the server answered with status " + status);
            }
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException io
                    ? io
                    : e.getCause() instanceof UncheckedIOException io ? io.getCause() : new IOException(e.getCause());
        } catch (TimeoutException e) {
            throw new IOException("it did not arrive within " + patience.toSeconds() + " s", e);
        } finally {
            response.cancel(true);
        }
    }

    /** Stores the body if the request succeeded; discards that of an error. */
    private static BodyHandler<Void> into(OutputStream out) {
        return info -> info.statusCode() != OK
                ? BodySubscribers.discarding()
                : BodyHandlers.ofByteArrayConsumer(chunk -> chunk.ifPresent(bytes -> {
                            try {
                                out.write(bytes);
                            } catch (IOException e) {
                                throw new UncheckedIOException(e);
                            }
                        }))
                        .apply(info);
    }

    private static String reason(IOException e) {
        if (e instanceof ConnectException) {
            return e.getCause() instanceof UnresolvedAddressException
                    ? "there is no such host"
                    : "its host cannot be reached";
        }
        String reason = Reasons.of(e);
        return e.getClass() == IOException.class ? reason : "it cannot be read (" + reason + ")";
    }

    /** Accepts no more than a number of bytes. */
    private static final class Limited extends OutputStream {

        private final OutputStream out;
        private final long most;

        /** Why the bytes could not be stored; null if they could. */
        private @Nullable IOException failure;

        private long room;

        Limited(OutputStream out, long most) {
            this.out = out;
            this.most = most;
            room = most;
        }

        @Override
        public void write(int one) throws IOException {
            write(new byte[] {(byte) one}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            room -= length;
            if (room < 0) {
                throw new IOException("it has more than " + (most < 1 << 20 ? most + " bytes" : (most >> 20) + " MiB")
                        + ", the limit");
            }
            try {
                out.write(bytes, offset, length);
            } catch (IOException e) {
                failure = e;
                throw e;
            }
        }
    }
}
