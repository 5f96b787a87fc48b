package io.catwalk.runner.supply;

import static io.catwalk.runner.Refusals.refused;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("tiny")
final class FileSourceTest {

    private static final char[] PASSWORD = "password".toCharArray();
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final CountDownLatch OVER = new CountDownLatch(1);

    private static final ExecutorService THREADS = Executors.newCachedThreadPool();

    @TempDir
    private static Path keys;

    private static HttpsServer server;
    private static SSLContext trusting;

    @TempDir
    private Path folder;

    @BeforeAll
    static void start() throws Exception {
        Path store = keys.resolve("keys.p12");
        String options = "-genkeypair -alias test -keyalg EC -dname CN=localhost -ext san=dns:localhost"
                + " -storepass password -keystore keys.p12";
        List<String> command = new ArrayList<>(List.of(options.split(" ", -1)));
        command.add(
                0, Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        Process keytool = new ProcessBuilder(command)
                .directory(keys.toFile())
                .redirectErrorStream(true)
                .start();
        String said = new String(keytool.getInputStream().readAllBytes(), UTF_8);
        assertThat(keytool.waitFor()).as(said).isZero();
        KeyStore own = KeyStore.getInstance(store.toFile(), PASSWORD);
        KeyManagerFactory key = KeyManagerFactory.getInstance("PKIX");
        key.init(own, PASSWORD);
        KeyStore certificates = KeyStore.getInstance("PKCS12");
        certificates.load(null, null);
        certificates.setCertificateEntry("test", own.getCertificate("test"));
        TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(certificates);
        trusting = SSLContext.getInstance("TLS");
        trusting.init(key.getKeyManagers(), trust.getTrustManagers(), null);

        server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(trusting));
        server.setExecutor(THREADS);
        server.createContext("/file", exchange -> answer(exchange, 200, "content"));
        server.createContext("/none", exchange -> answer(exchange, 404, "a page that says why"));
        server.createContext("/moved", exchange -> lead(exchange, "/file"));
        server.createContext("/unsafe", exchange -> lead(exchange, "http://localhost:1/file"));
        server.createContext("/large", exchange -> answer(exchange, 200, "x".repeat(3 << 20)));
        server.createContext("/stuck", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write(1);
            exchange.getResponseBody().flush();
            try {
                OVER.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            exchange.close();
        });
        server.start();
    }

    private static void lead(HttpExchange exchange, String to) throws IOException {
        exchange.getResponseHeaders().add("Location", to);
        answer(exchange, 302, "");
    }

    private static void answer(HttpExchange exchange, int status, String text) throws IOException {
        try (exchange) {
            exchange.sendResponseHeaders(status, text.isEmpty() ? -1 : text.length());
            exchange.getResponseBody().write(text.getBytes(UTF_8));
        }
    }

    @AfterAll
    static void stop() {
        OVER.countDown();
        server.stop(0);
        THREADS.shutdown();
    }

    @ParameterizedTest
    @CsvSource({"file", "moved"})
    void aFileIsCopiedAlsoFromWhereItMovedTo(String path) {
        Path copy = folder.resolve("copy");

        source(PATIENCE).copy(address(path), copy, 1 << 20);

        assertThat(copy).hasContent("content");
    }

    @ParameterizedTest
    @CsvSource({"none, status 404", "unsafe, status 302", "large, more than 1 MiB"})
    void whatIsNotTheFileIsRefused(String path, String reason) {
        refuses(source(PATIENCE), address(path), reason);
    }

    private void refuses(FileSource source, URI from, String... facts) {
        refused(() -> source.copy(from, folder.resolve("copy"), 1 << 20), facts);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"file:///gru.jar?raw=true", "file:///gru.jar#1", "file:///gru%00.jar", "https://localhost/gru%00"
            })
    void anAddressThatLeadsToNoFileIsRefused(String address) {
        refused(() -> FileSource.address(address), "https:, or with file: and a path", "'" + address + "'");
    }

    @Test
    void aServerThatIsStuckOneWhoseCertificateNobodyKnowsAndOneThatIsNotThereAreRefused() {
        refuses(source(Duration.ofSeconds(1)), address("stuck"), "did not arrive within 1 s");
        refuses(FileSource.standard(), address("file"), "cannot be read (SSLHandshakeException");
        refuses(source(PATIENCE), URI.create("https://localhost:1/file"), "its host cannot be reached");
    }

    /** The device {@code /dev/full} is as a full disk. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void aFileThatCannotBeStoredIsNoWrongAddress() throws IOException {
        URI local = Files.writeString(folder.resolve("local"), "content").toUri();
        for (URI from : List.of(local, address("file"))) {
            String[] facts = {"cannot store the file at " + from, "/dev/full (No space left on device)"};
            refused(() -> source(PATIENCE).copy(from, Path.of("/dev/full"), 1 << 20), facts);
        }
        Path gone = folder.resolve("gone/copy");
        refused(() -> source(PATIENCE).copy(local, gone, 1 << 20), "cannot store the file at " + local + " as " + gone);
    }

    private static URI address(String path) {
        return URI.create("https://localhost:" + server.getAddress().getPort() + "/" + path);
    }

    private static FileSource source(Duration patience) {
        HttpClient.Builder client = HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NORMAL);
        return new FileSource(() -> client.sslContext(trusting).build(), patience);
    }
}
