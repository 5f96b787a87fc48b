import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Collections;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipParameters;

/**
 * Makes of the packed program an archive for each platform, which needs a Java runtime and nothing else (ADR 30). The same input gives
 * the same bytes: names are sorted, all have one time and no owner.
 *
 * <p>Usage: java -cp "HOME/lib/*" Download.java HOME PLUGINS NATIVES README TIME OUT
 *
 * <ul>
 *   <li>HOME: folder of the packed program, catwalk-VERSION
 *   <li>PLUGINS: folder of the plugins that come with it
 *   <li>NATIVES: folder with pytorch-native-cpu-VERSION-PLATFORM.jar for each platform; without it, only the archive for the platform
 *       of the packed program is made
 *   <li>README: what the archive says of itself
 *   <li>TIME: of all files, such as 2026-11-24T00:00:00Z
 *   <li>OUT: folder for the archives, and for the digest of each
 * </ul>
 */
final class Download {

    /** How a platform is called by DJL, and its folder by the jars that have one for each. */
    private enum Platform {
        LINUX_X86_64("linux-x86_64", "linux-x64", "linux-x86-64", "Linux/x86_64"),
        LINUX_AARCH64("linux-aarch64", "linux-aarch64", "linux-aarch64", "Linux/arm64"),
        OSX_AARCH64("osx-aarch64", "osx-aarch64", "darwin-aarch64", "Mac/arm64"),
        WIN_X86_64("win-x86_64", "win-x64", "win32-x86-64", "Windows/x86_64");

        private final String djl;
        private final List<String> folders;

        Platform(String djl, String onnxRuntime, String jna, String jline) {
            this.djl = djl;
            this.folders = List.of(
                    "pytorch/cpu/" + djl + "/",
                    "jnilib/" + djl + "/",
                    "ai/onnxruntime/native/" + onnxRuntime + "/",
                    "com/sun/jna/" + jna + "/",
                    "org/jline/nativ/" + jline + "/");
        }

        /** Debug symbols help nobody here, and are a quarter of a file. */
        boolean has(String entry) {
            return folders.stream().anyMatch(entry::startsWith) && !entry.contains(".dSYM/");
        }
    }

    /** What stands in one folder for each platform. */
    private static final Pattern NATIVE = Pattern.compile("(?:pytorch/cpu|jnilib|ai/onnxruntime/native)/[^/]+/.*"
            + "|com/sun/jna/[^/]+/[^/]*jnidispatch\\.[a-z]+|org/jline/nativ/[^/]+/[^/]+/.*");

    private static final Pattern PYTORCH =
            Pattern.compile("(pytorch-native-cpu-.*?)-(?:linux|osx|win)-[a-z0-9_]+\\.jar");

    /** What users install into the packed program of a build: plugins, and what the runtimes need. */
    private static final Pattern INSTALLED = Pattern.compile("plugins/.*|runtimes/.*/(?:node_modules|target)/.*");

    private static final List<String> DIGESTS =
            List.of("MD5", "SHA-1", "SHA-256", "SHA-384", "SHA-512", "SHA3-256", "SHA3-384", "SHA3-512");

    private final Path home;
    private final Path plugins;
    private final Path natives;
    private final Instant time;
    private final String version;
    private final Path work;

    private Download(Path home, Path plugins, Path natives, Instant time, Path work) {
        this.home = home;
        this.plugins = plugins;
        this.natives = natives;
        this.time = time;
        this.version = home.getFileName().toString().substring("catwalk-".length());
        this.work = work;
    }

    public static void main(String[] arguments) throws Exception {
        Path out = Path.of(arguments[5]).normalize();
        if (Files.exists(out)) {
            remove(out);
        }
        Path work = Files.createDirectories(out.resolve("work"));
        Download download = new Download(
                Path.of(arguments[0]), Path.of(arguments[1]), Path.of(arguments[2]), Instant.parse(arguments[4]), work);
        SortedMap<String, Path> files = download.common();
        for (Platform platform : Platform.values()) {
            if (Files.isDirectory(download.natives) || download.isPackedFor(platform)) {
                download.write(platform, files, Path.of(arguments[3]), out);
            }
        }
        remove(work);
    }

    /** Lists what is the same everywhere, by its name in the archive. */
    private SortedMap<String, Path> common() throws IOException, InterruptedException {
        SortedMap<String, Path> files = new TreeMap<>();
        try (Stream<Path> found = Files.walk(home)) {
            for (Path file : found.filter(Files::isRegularFile).toList()) {
                String name = home.relativize(file).toString().replace('\\', '/');
                // The class archive is good for one Java in one folder (ADR 14).
                if (!name.startsWith("lib/catwalk.jsa")
                        && !INSTALLED.matcher(name).matches()) {
                    files.put(name, file);
                }
            }
        }
        try (Stream<Path> found = Files.list(plugins)) {
            found.forEach(jar -> files.put("plugins/" + jar.getFileName(), jar));
        }
        files.put("share/bash-completion/completions/catwalk", catwalk("bash", "completion", "bash"));
        files.put("share/zsh/site-functions/_catwalk", catwalk("zsh", "completion", "zsh"));
        return files;
    }

    /** Runs the packed program, and returns what it prints. */
    private Path catwalk(String name, String... arguments) throws IOException, InterruptedException {
        Path printed = work.resolve(name);
        ProcessBuilder program = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dfile.encoding=UTF-8",
                "-cp",
                home.resolve("lib").resolve("*").toString(),
                "io.catwalk.runner.cli.Main");
        program.command().addAll(List.of(arguments));
        int code = program.redirectOutput(printed.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start()
                .waitFor();
        if (code != 0) {
            throw new IllegalStateException("catwalk " + String.join(" ", arguments) + " ended with " + code);
        }
        return printed;
    }

    private boolean isPackedFor(Platform platform) throws IOException {
        try (Stream<Path> jars = Files.list(home.resolve("lib"))) {
            return jars.map(jar -> jar.getFileName().toString())
                    .anyMatch(name -> PYTORCH.matcher(name).matches() && name.endsWith("-" + platform.djl + ".jar"));
        }
    }

    private void write(Platform platform, SortedMap<String, Path> common, Path readme, Path out) throws Exception {
        Path own = Files.createDirectories(work.resolve(platform.djl));
        SortedMap<String, Path> files = new TreeMap<>(common);
        Path bill = files.get("catwalk.cdx.json");
        String billed = bill == null ? "" : Files.readString(bill);
        for (var file : common.entrySet()) {
            String name = file.getKey();
            if (!name.startsWith("lib/")) {
                continue;
            }
            Path jar = file.getValue();
            var pytorch = PYTORCH.matcher(jar.getFileName().toString());
            Path other = pytorch.matches() && !jar.toString().endsWith("-" + platform.djl + ".jar")
                    ? natives.resolve(pytorch.group(1) + "-" + platform.djl + ".jar")
                    : without(platform, jar, own);
            if (!other.equals(jar)) {
                files.remove(name);
                files.put("lib/" + other.getFileName(), other);
                billed = billed(billed, jar, other);
            }
        }
        if (bill != null) {
            billed = billed.replaceAll("classifier=(?:linux|osx|win)-[a-z0-9_]+", "classifier=" + platform.djl);
            files.put("catwalk.cdx.json", Files.writeString(own.resolve("bill"), billed));
        }
        String said = Files.readString(readme).replace("@VERSION@", version).replace("@PLATFORM@", platform.djl);
        files.put("README.md", Files.writeString(own.resolve("readme"), said));
        String name = "catwalk-" + version + "-" + platform.djl;
        Path archive = platform == Platform.WIN_X86_64 ? out.resolve(name + ".zip") : out.resolve(name + ".tar.gz");
        try (OutputStream stream = new BufferedOutputStream(Files.newOutputStream(archive))) {
            if (platform == Platform.WIN_X86_64) {
                zip(files, stream);
            } else {
                tar(files, stream);
            }
        }
        Files.writeString(
                out.resolve(archive.getFileName() + ".sha256"),
                digest("SHA-256", archive) + "  " + archive.getFileName() + "\n");
        System.out.printf("%s: %,d MB%n", archive, Files.size(archive) / 1_000_000);
    }

    /** Copies a jar without the native code of other platforms; returns the jar itself if it has none. */
    private Path without(Platform platform, Path jar, Path folder) throws IOException {
        try (ZipFile from = new ZipFile(jar.toFile())) {
            if (from.stream().allMatch(entry -> stays(platform, entry.getName()))) {
                return jar;
            }
            Path copy = folder.resolve(jar.getFileName());
            try (ZipOutputStream to = new ZipOutputStream(new BufferedOutputStream(Files.newOutputStream(copy)))) {
                for (ZipEntry entry : Collections.list(from.entries())) {
                    if (stays(platform, entry.getName())) {
                        ZipEntry kept = new ZipEntry(entry.getName());
                        kept.setTimeLocal(local()); // that of the entry may be told by the time zone of the build
                        to.putNextEntry(kept);
                        try (InputStream content = from.getInputStream(entry)) {
                            content.transferTo(to);
                        }
                        to.closeEntry();
                    }
                }
            }
            return copy;
        }
    }

    private static boolean stays(Platform platform, String entry) {
        return !NATIVE.matcher(entry).matches() || platform.has(entry);
    }

    /** Puts the digests of the jar that is packed in place of those of the one that was built with. */
    private static String billed(String bill, Path built, Path packed) throws Exception {
        String billed = bill;
        for (String algorithm : bill.isEmpty() ? List.<String>of() : DIGESTS) {
            billed = billed.replace(digest(algorithm, built), digest(algorithm, packed));
        }
        return billed;
    }

    private static String digest(String algorithm, Path file) throws IOException, NoSuchAlgorithmException {
        MessageDigest digest = MessageDigest.getInstance(algorithm);
        try (InputStream content = Files.newInputStream(file)) {
            byte[] part = new byte[1 << 16];
            for (int read = content.read(part); read >= 0; read = content.read(part)) {
                digest.update(part, 0, read);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private void tar(SortedMap<String, Path> files, OutputStream out) throws IOException {
        GzipParameters plain = new GzipParameters();
        plain.setModificationInstant(Instant.EPOCH);
        plain.setOperatingSystem(255); // unknown
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(new GzipCompressorOutputStream(out, plain))) {
            tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
            Set<String> folders = new HashSet<>();
            for (var file : files.entrySet()) {
                String name = top() + file.getKey();
                for (int end = name.indexOf('/'); end >= 0; end = name.indexOf('/', end + 1)) {
                    if (folders.add(name.substring(0, end + 1))) {
                        tar.putArchiveEntry(entry(name.substring(0, end + 1), 0755));
                        tar.closeArchiveEntry();
                    }
                }
                // What may be run is said by the place, and not by the file, which a copy on Windows forgets.
                boolean runs = file.getKey().equals("bin/catwalk") || Files.isExecutable(file.getValue());
                TarArchiveEntry entry = entry(name, runs ? 0755 : 0644);
                entry.setSize(Files.size(file.getValue()));
                tar.putArchiveEntry(entry);
                Files.copy(file.getValue(), tar);
                tar.closeArchiveEntry();
            }
        }
    }

    private TarArchiveEntry entry(String name, int mode) {
        TarArchiveEntry entry = new TarArchiveEntry(name);
        entry.setMode(mode);
        entry.setLastModifiedTime(FileTime.from(time));
        entry.setIds(0, 0);
        entry.setNames("", "");
        return entry;
    }

    private void zip(SortedMap<String, Path> files, OutputStream out) throws IOException {
        try (ZipOutputStream zip = new ZipOutputStream(out)) {
            for (var file : files.entrySet()) {
                ZipEntry entry = new ZipEntry(top() + file.getKey());
                entry.setTimeLocal(local());
                zip.putNextEntry(entry);
                Files.copy(file.getValue(), zip);
                zip.closeEntry();
            }
        }
    }

    private LocalDateTime local() {
        return LocalDateTime.ofInstant(time, ZoneOffset.UTC);
    }

    private String top() {
        return "catwalk-" + version + "/";
    }

    private static void remove(Path path) throws IOException {
        if (Files.isDirectory(path)) {
            try (Stream<Path> inside = Files.list(path)) {
                for (Path each : inside.toList()) {
                    remove(each);
                }
            }
        }
        Files.delete(path);
    }
}
