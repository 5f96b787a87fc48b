package io.catwalk.runner.plugin;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.CertPath;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipFile;
import jdk.security.jarsigner.JarSigner;

/** Signs jars and changes them. */
final class TestJars {

    private static final String PASSWORD = "password";

    private TestJars() {}

    /** Signs a jar with a key that is made for it. */
    static Path signed(Path jar, Path target) throws Exception {
        Path keys = target.resolveSibling("keys.p12");
        String keytool =
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
        String options = "-genkeypair -alias test -keyalg EC -dname CN=test -storepass " + PASSWORD + " -keystore";
        List<String> command = new ArrayList<>(List.of(keytool));
        command.addAll(List.of(options.split(" ", -1)));
        command.add(keys.toString());
        Process made = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(made.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (made.waitFor() != 0) {
            throw new IOException(said);
        }
        KeyStore store = KeyStore.getInstance(keys.toFile(), PASSWORD.toCharArray());
        PrivateKey key = (PrivateKey) store.getKey("test", PASSWORD.toCharArray());
        CertPath path = CertificateFactory.getInstance("X.509").generateCertPath(List.of(store.getCertificate("test")));
        try (ZipFile plain = new ZipFile(jar.toFile());
                OutputStream out = Files.newOutputStream(target)) {
            new JarSigner.Builder(key, path).build().sign(plain, out);
        }
        Files.delete(keys);
        return target;
    }

    /** Puts another file in the place of one, and leaves the rest of the jar as it is. */
    static void replace(Path jar, String path, Map<String, byte[]> files) throws IOException {
        try (FileSystem inside = FileSystems.newFileSystem(jar)) {
            Files.write(inside.getPath(path), files.get(path));
        }
    }
}
