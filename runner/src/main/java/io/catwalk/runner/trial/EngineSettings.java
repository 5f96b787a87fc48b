package io.catwalk.runner.trial;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Settings that the PyTorch engine reads once, as it starts: set before anything touches DJL, or never.
 */
public final class EngineSettings {

    private EngineSettings() {}

    /**
     * Sets the engine up in this process.
     *
     * @param threads that one operation may use
     */
    public static void apply(int threads) {
        properties(threads).forEach(System::setProperty);
    }

    static List<String> jvmOptions(int threads) {
        return properties(threads).entrySet().stream()
                .map(entry -> "-D" + entry.getKey() + "=" + entry.getValue())
                .toList();
    }

    private static Map<String, String> properties(int threads) {
        Map<String, String> properties = new LinkedHashMap<>();
        properties.put("ai.djl.pytorch.num_threads", Integer.toString(threads));
        properties.put("ai.djl.pytorch.num_interop_threads", "1");
        // Everything the engine needs is on the class path: it never downloads, and tells nobody that it runs.
        properties.put("ai.djl.offline", "true");
        properties.put("OPT_OUT_TRACKING", "true");
        return properties;
    }
}
