package io.catwalk.onnx.graph;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Collections;
import java.util.Properties;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The content of an ONNX file: a graph, its opset and its metadata.
 *
 * @param opset version of the default operator set, 13 to 21
 * @param producerVersion version of the exporter that made it; empty if it is not known
 */
public record Model(Graph graph, int opset, SortedMap<String, String> metadata, String producerVersion) {

    private static final String VERSION = version();

    public Model {
        metadata = Collections.unmodifiableSortedMap(new TreeMap<>(metadata));
    }

    /** Creates a model with this version of the exporter. */
    public Model(Graph graph, int opset, SortedMap<String, String> metadata) {
        this(graph, opset, metadata, VERSION);
    }

    /** Reads the version that the build wrote; empty if the classes run without a build. */
    private static String version() {
        Properties properties = new Properties();
        try (InputStream in = Model.class.getResourceAsStream("producer.properties")) {
            if (in != null) {
                properties.load(in);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return properties.getProperty("version", "");
    }
}
