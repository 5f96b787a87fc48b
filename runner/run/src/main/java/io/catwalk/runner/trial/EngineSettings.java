package io.catwalk.runner.trial;

import ai.djl.engine.Engine;
import io.catwalk.runner.data.ImageCache;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds settings that the PyTorch engine reads once, when it starts: they must be set before DJL is used.
 */
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
        Thread start = new Thread(
                () -> {
                    try {
                        Engine.getInstance();
                    } catch (Throwable e) { // whoever uses the engine next gets the error
                        LOG.info("The engine did not start", e);
                    }
                },
                "start-engine");
        start.setDaemon(true);
        start.start();
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
}
