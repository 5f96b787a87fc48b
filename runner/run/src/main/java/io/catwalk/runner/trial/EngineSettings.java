package io.catwalk.runner.trial;

import ai.djl.engine.Engine;
import ai.onnxruntime.OrtEnvironment;
import io.catwalk.runner.Reasons;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.Scratch;
import io.catwalk.runner.data.ImageCache;
import io.catwalk.runner.process.Platform;
import io.catwalk.runner.process.UserCache;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Holds settings that the PyTorch engine reads once, when it starts: they must be set before DJL is used. */
public final class EngineSettings {

    /**
     * Keeps ONNX Runtime from recording what it runs and sending it to its maker, which 1.29 does as soon as it
     * starts. It reads this environment variable; its API turns off only what comes later.
     */
    private static final String NO_TELEMETRY = "ORT_DISABLE_TELEMETRY";

    private static final Logger LOG = LoggerFactory.getLogger(EngineSettings.class);

    private EngineSettings() {}

    /**
     * Sets up the engine in this process, for operations with so many threads.
     *
     * @throws io.catwalk.runner.RequestException if there is no place for native libraries, see {@link
     *     PrivateFolder#claim}
     */
    public static void apply(int threads) {
        properties(threads).forEach(System::setProperty);
    }

    /**
     * Loads the native libraries on another thread, so that the caller does not wait: whoever first uses the engine
     * waits, and gets the error if there is one.
     */
    static void startEngine() {
        Thread starting = new Thread(
                () -> {
                    try {
                        Engine.getInstance();
                    } catch (Throwable e) { // whoever uses the engine next gets the error
                        LOG.info("The engine did not start", e);
                    }
                },
                "start-engine");
        starting.setDaemon(true);
        starting.start();
    }

    /** Returns the options of a JVM that runs an engine. */
    public static List<String> jvmOptions(int threads) {
        Map<String, String> properties = properties(threads);
        // Numbers and keywords in the output of a trial are the same everywhere.
        properties.put("user.language", "en");
        properties.put("user.country", "US");
        return properties.entrySet().stream()
                .map(entry -> "-D" + entry.getKey() + "=" + entry.getValue())
                .toList();
    }

    /**
     * Returns the variables of a process that runs an engine. They keep freed tensors in it: by default, glibc returns
     * the memory of every large tensor to the operating system and gets it again, page by page, in each step. For two
     * epochs of conv-maxpool on one thread that was 15 % of the CPU time (22.5 s against 19.1 s). Other C libraries
     * ignore this.
     */
    public static Map<String, String> environment() {
        return Map.of(
                "MALLOC_ARENA_MAX",
                "1",
                "MALLOC_MMAP_MAX_",
                "0",
                "MALLOC_TRIM_THRESHOLD_",
                Long.toString(1L << 32),
                NO_TELEMETRY,
                "1");
    }

    private static Map<String, String> properties(int threads) {
        Map<String, String> properties =
                new LinkedHashMap<>(PrivateFolder.claim().properties());
        properties.put("ai.djl.pytorch.num_threads", Integer.toString(threads));
        properties.put("ai.djl.pytorch.num_interop_threads", "1");
        // Everything the engine needs is on the class path: it never downloads anything, and does not report that it
        // runs.
        properties.put("ai.djl.offline", "true");
        properties.put("OPT_OUT_TRACKING", "true");
        properties.put(ImageCache.PROPERTY, ImageCache.standardFolder().toString());
        return properties;
    }

    /**
     * The folder for unpacked native libraries and temporary files: {@code ~/.cache/catwalk}, or the value of the
     * variable {@code CATWALK_CACHE}. If they cannot write to the home folder, DJL and ONNX Runtime by default load native
     * code from a temporary folder that everybody can write to. Nobody else can write to this folder; otherwise
     * nothing is started.
     */
    public record PrivateFolder(Path path) {

        private static final Logger LOG = LoggerFactory.getLogger(PrivateFolder.class);

        /** Space that PyTorch needs when it is unpacked, twice, since it is then moved into place. */
        private static final long ROOM_BYTES = 1L << 30;

        /** Files of killed processes are removed after this time. A run on a cluster may need its own for many days. */
        private static final Duration LITTER = Duration.ofDays(30);

        private static @Nullable PrivateFolder claimed;

        /** Makes this process use the folder from now on; later calls return the same folder. */
        public static synchronized PrivateFolder claim() {
            if (claimed == null) {
                PrivateFolder folder = at(UserCache.chosen());
                folder.properties().forEach(System::setProperty);
                claimed = folder;
            }
            return claimed;
        }

        /** Creates a folder that is safe to use, or throws. */
        static PrivateFolder at(Path path) {
            PrivateFolder folder = new PrivateFolder(path);
            folder.prepare();
            return folder;
        }

        /** Returns the system properties that make a process keep its libraries and temporary files here. */
        Map<String, String> properties() {
            String libraries = natives().toString();
            Map<String, String> properties = new LinkedHashMap<>();
            properties.put(UserCache.PROPERTY, path.toString());
            properties.put("java.io.tmpdir", temporary().toString());
            properties.put("DJL_CACHE_DIR", libraries);
            properties.put("ENGINE_CACHE_DIR", libraries);
            properties.put("jna.tmpdir", libraries);
            if (Files.isDirectory(onnxRuntime())) {
                properties.put("onnxruntime.native.path", onnxRuntime().toString());
            }
            return properties;
        }

        /** Returns where native libraries are unpacked. */
        public Path natives() {
            return path.resolve("native");
        }

        /** Returns the folder for short-lived files. */
        public Path temporary() {
            return path.resolve("tmp");
        }

        /** Machines of several kinds may share the folder. */
        private Path onnxRuntime() {
            return natives().resolve("onnxruntime-" + Software.current().onnxruntime() + "-" + Platform.current());
        }

        private void prepare() {
            try {
                for (Path folder : List.of(path, natives(), temporary())) {
                    requireMine(UserCache.make(folder));
                }
                requireRoom();
                requireNativesFor(Platform.current());
                unpackOnnxRuntime();
                removeLitter();
            } catch (IOException e) {
                throw refusal("a folder for native libraries that can be written", Reasons.of(e));
            }
        }

        /** Refuses a folder that others could put a library into. A new file there shows the owner of this process. */
        private void requireMine(Path folder) throws IOException {
            if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
                throw refusal("a folder at " + folder, "a link");
            }
            Path made = Files.createTempFile(folder, "probe", ".tmp");
            try {
                if (!Files.getOwner(folder).equals(Files.getOwner(made))) {
                    throw refusal("a folder of your own at " + folder, "one that belongs to " + Files.getOwner(folder));
                }
                Files.write(made, new byte[4096]);
            } finally {
                Files.deleteIfExists(made);
            }
            if (folder.getFileSystem().supportedFileAttributeViews().contains("posix")) {
                Set<PosixFilePermission> allowed = Files.getPosixFilePermissions(folder);
                Set<PosixFilePermission> others =
                        Set.of(PosixFilePermission.GROUP_WRITE, PosixFilePermission.OTHERS_WRITE);
                if (allowed.stream().anyMatch(others::contains)) {
                    throw refusal(
                            "a folder that only you can write to at " + folder,
                            "mode " + PosixFilePermissions.toString(allowed) + " (try chmod 700 " + folder + ")");
                }
            }
        }

        private void requireRoom() throws IOException {
            long free = Files.getFileStore(path).getUsableSpace();
            if (!Files.isDirectory(natives().resolve("pytorch")) && free < ROOM_BYTES) {
                throw refusal(
                        "1 GiB of room to unpack native libraries",
                        String.format(Locale.ROOT, "%.2f GiB", free / Math.pow(2, 30)));
            }
        }

        /** Refuses a download for another platform, in which DJL would look for a missing library. */
        static void requireNativesFor(Platform here) throws IOException {
            try (InputStream in = Platform.class.getResourceAsStream("/native/lib/pytorch.properties")) {
                if (in != null) { // otherwise, a variable of DJL names PyTorch
                    Properties packed = new Properties();
                    packed.load(in);
                    String found = packed.getProperty("classifier", here.toString());
                    if (!found.equals(here.toString())) {
                        throw new RequestException("expected the native code of PyTorch for " + here
                                + " in lib, found that for " + found + ": take the download for " + here);
                    }
                }
            }
        }

        /** Unpacks the two libraries of ONNX Runtime once; by default each process would unpack them again. */
        private void unpackOnnxRuntime() throws IOException {
            if (Files.isDirectory(onnxRuntime())) {
                return;
            }
            Platform platform = Platform.current();
            try (Scratch scratch = Scratch.in(temporary())) {
                Path draft = Files.createDirectory(scratch.file("onnxruntime"));
                for (String name : new String[] {"onnxruntime", "onnxruntime4j_jni"}) {
                    String file = System.mapLibraryName(name);
                    try (InputStream in = OrtEnvironment.class.getResourceAsStream(
                            "native/" + platform.ofOnnxRuntime() + "/" + file)) {
                        if (in == null) {
                            LOG.info("ONNX Runtime has no {} for {} and unpacks what it has itself", file, platform);
                            return;
                        }
                        Files.copy(in, draft.resolve(file));
                    }
                }
                Files.move(draft, onnxRuntime(), StandardCopyOption.ATOMIC_MOVE);
            } catch (IOException e) {
                if (!Files.isDirectory(onnxRuntime())) { // otherwise another process was faster
                    throw e;
                }
            }
        }

        /** Another process may be removing the same files, or its own: what cannot be removed is left. */
        private void removeLitter() {
            try (DirectoryStream<Path> left = Files.newDirectoryStream(temporary())) {
                // The folder itself was changed a moment ago, by the same clock.
                Instant old = Files.getLastModifiedTime(temporary()).toInstant().minus(LITTER);
                for (Path each : left) {
                    try {
                        FileTime changed = Files.getLastModifiedTime(each, LinkOption.NOFOLLOW_LINKS);
                        if (changed.toInstant().isBefore(old)) {
                            Scratch.delete(each);
                        }
                    } catch (IOException e) {
                        LOG.info("{} stays where it is", each, e);
                    }
                }
            } catch (IOException | DirectoryIteratorException e) {
                LOG.info("{} is not tidied up", temporary(), e);
            }
        }

        private RequestException refusal(String expected, String found) {
            return new RequestException("expected " + expected + " under " + path + ", found " + found
                    + ": name another by " + UserCache.VARIABLE + "=DIR");
        }
    }
}
