package io.catwalk.onnx;

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;
import io.catwalk.onnx.graph.Graph;
import io.catwalk.onnx.graph.Model;
import io.catwalk.onnx.graph.OnnxSerializer;
import io.catwalk.onnx.lowering.Choice;
import io.catwalk.onnx.lowering.Lowering;
import io.catwalk.onnx.lowering.OperatorTable;
import io.catwalk.onnx.lowering.Options;
import io.catwalk.onnx.lowering.Preprocessing;
import io.catwalk.onnx.runtime.MetadataKeys;
import io.catwalk.onnx.trace.Program;
import io.catwalk.onnx.trace.Tracing;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Exports a DJL block as an ONNX model, by running its own {@code forward} on arrays that remember what is
 * done to them. The model has one input, {@code images}, and its first output is {@code logits}. Immutable:
 * each {@code with} method returns a changed copy.
 *
 * <pre>{@code
 * OnnxExport.of(block, new Shape(1, 28, 28)).withMetadata(Map.of("labels", "...")).write(Path.of("model.onnx"));
 * }</pre>
 */
public final class OnnxExport {

    private final Block block;
    private final Shape sample;
    private final Optional<ParameterStore> parameters;
    private final OptionalLong batch;
    private final Options options;
    private final SortedMap<String, String> metadata;

    private OnnxExport(
            Block block,
            Shape sample,
            Optional<ParameterStore> parameters,
            OptionalLong batch,
            Options options,
            SortedMap<String, String> metadata) {
        this.block = block;
        this.sample = sample;
        this.parameters = parameters;
        this.batch = batch;
        this.options = options;
        this.metadata = metadata;
    }

    /**
     * Prepares the export of a network with the settings that suit most: opset 17, any batch size, normalized
     * floats in, logits out.
     *
     * @param block the network, with its parameters initialized unless {@link #withParameters} brings them
     * @param sample shape of one sample without the batch, such as (channels, height, width)
     * @return the export
     * @throws IllegalArgumentException if a size in {@code sample} is unknown or not positive
     */
    public static OnnxExport of(Block block, Shape sample) {
        for (long size : sample.getShape()) {
            if (size < 1) {
                throw new IllegalArgumentException(
                        "expected the shape of one sample, with sizes of at least 1 and without the batch, found "
                                + sample);
            }
        }
        return new OnnxExport(
                block, sample, Optional.empty(), OptionalLong.empty(), Options.withDefaults(), new TreeMap<>());
    }

    private OnnxExport with(Options changed) {
        return new OnnxExport(block, sample, parameters, batch, changed, metadata);
    }

    /**
     * Takes the weights from a store instead of the block itself.
     *
     * @param store hands out the weights; its manager must be open while exporting
     * @return the changed export
     */
    public OnnxExport withParameters(ParameterStore store) {
        return new OnnxExport(block, sample, Optional.of(store), batch, options, metadata);
    }

    /**
     * Writes words about the model into the file ({@code metadata_props}), in addition to those set before.
     *
     * @param entries words by key; written sorted by key
     * @return the changed export
     */
    public OnnxExport withMetadata(Map<String, String> entries) {
        SortedMap<String, String> all = new TreeMap<>(metadata);
        all.putAll(entries);
        return new OnnxExport(block, sample, parameters, batch, options, all);
    }

    /**
     * Fixes the batch size. Control flow may then depend on it.
     *
     * @param size number of samples, at least 1
     * @return the changed export
     * @throws IllegalArgumentException if {@code size} is below 1
     */
    public OnnxExport withFixedBatch(long size) {
        if (size < 1) {
            throw new IllegalArgumentException("expected a batch of at least 1, found " + size);
        }
        return new OnnxExport(block, sample, parameters, OptionalLong.of(size), options, metadata);
    }

    /**
     * Chooses the operator set; operators newer than it are written with older ones.
     *
     * @param opset 13 to 21
     * @return the changed export
     * @throws IllegalArgumentException if {@code opset} is out of range
     */
    public OnnxExport withOpset(int opset) {
        return with(options.withOpset(opset));
    }

    /**
     * Adds the softmax of the logits as a second output, {@code probabilities}.
     *
     * @return the changed export
     */
    public OnnxExport withProbabilities() {
        return with(options.with(Choice.PROBABILITIES));
    }

    /**
     * Takes pixels as unsigned bytes, and computes {@code (pixel / 255 - mean) / deviation} in the graph.
     *
     * @param mean one number per channel, or one for all
     * @param deviation one number per channel, or one for all; above 0
     * @return the changed export
     * @throws IllegalArgumentException if the numbers do not belong together
     */
    public OnnxExport withEmbeddedPreprocessing(float[] mean, float[] deviation) {
        return with(options.with(new Preprocessing(list(mean), list(deviation))));
    }

    private static List<Float> list(float[] numbers) {
        List<Float> list = new ArrayList<>();
        for (float number : numbers) {
            list.add(number);
        }
        return list;
    }

    /**
     * Writes recurrent layers step by step with plain operators, for readers without recurrent ones.
     *
     * @return the changed export
     */
    public OnnxExport withUnrolledRecurrence() {
        return with(options.with(Choice.UNROLLED_RECURRENCE));
    }

    /**
     * Multiplies batch norms into the convolutions right before them.
     *
     * @return the changed export
     */
    public OnnxExport withFoldedBatchNorm() {
        return with(options.with(Choice.FOLDED_BATCH_NORM));
    }

    /**
     * Exports the network as it is now.
     *
     * @return the content of an {@code .onnx} file; the same weights give the same bytes
     * @throws io.catwalk.onnx.graph.ExportException if control flow depends on the input or on the batch, an
     *     operation has no ONNX form, or a weight is NaN
     */
    public byte[] bytes() {
        return OnnxSerializer.bytes(model());
    }

    private Model model() {
        Graph graph = graph();
        SortedMap<String, String> entries = new TreeMap<>(metadata);
        entries.put(MetadataKeys.MULTIPLY_ACCUMULATES, Long.toString(graph.multiplyAccumulates()));
        return new Model(graph, options.opset(), entries);
    }

    /**
     * Exports the network as it is now into a file, which appears whole or not at all. The weights are held once in
     * memory, beside the network's own.
     *
     * @param file where to; replaced if it exists
     * @throws IOException if the file cannot be written
     * @throws io.catwalk.onnx.graph.ExportException as {@link #bytes()}
     */
    public void write(Path file) throws IOException {
        Model model = model();
        Path draft = file.resolveSibling(file.getFileName() + ".part");
        try {
            try (OutputStream stream = Files.newOutputStream(draft)) {
                OnnxSerializer.write(model, stream);
            }
            Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(draft);
        }
    }

    private Graph graph() {
        Tracing tracing = new Tracing(block, parameters, sample, OperatorTable::has);
        Function<Program, Graph> writing = program -> Lowering.graph(program, options);
        return batch.isPresent() ? tracing.forBatch(batch.getAsLong(), writing) : tracing.forAnyBatch(writing);
    }
}
