package io.catwalk.runner.report.drawing;

import io.catwalk.onnx.graph.OnnxParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The layers of a network in an order in which they can be computed, from the images to the logits. They are read from
 * the exported graph, so they are the layers that really run.
 *
 * @param layers each reads only layers before it
 */
public record ArchitectureGraph(List<Layer> layers) {

    /** Copies the list. */
    public ArchitectureGraph {
        layers = List.copyOf(layers);
    }

    /**
     * Reads the layers of an exported network.
     *
     * @param onnx a file that Catwalk exported
     * @throws IOException if it cannot be read
     * @throws IllegalArgumentException if Catwalk could not have exported such a file
     */
    public static ArchitectureGraph of(Path onnx) throws IOException {
        return of(Files.readAllBytes(onnx));
    }

    static ArchitectureGraph of(byte[] onnx) {
        return new ArchitectureGraph(LayerReader.layers(OnnxParser.model(onnx).graph()));
    }

    /** Counts the parameters. */
    public long parameters() {
        return layers.stream().mapToLong(Layer::parameters).sum();
    }

    /** Counts the MACs for one sample. */
    public long multiplyAccumulates() {
        return layers.stream().mapToLong(Layer::multiplyAccumulates).sum();
    }
}
