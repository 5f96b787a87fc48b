package io.catwalk.onnx;

import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;
import io.catwalk.onnx.graph.Graph;
import io.catwalk.onnx.graph.Model;
import io.catwalk.onnx.graph.OnnxSerializer;
import io.catwalk.onnx.lowering.Lowering;
import io.catwalk.onnx.lowering.OperatorTable;
import io.catwalk.onnx.lowering.Preprocessing;
import io.catwalk.onnx.lowering.Style;
import io.catwalk.onnx.trace.Program;
import io.catwalk.onnx.trace.Tracing;
import java.io.IOException;
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

    private static final int OLDEST_OPSET = 13;
    private static final int NEWEST_OPSET = 21;
    private static final int DEFAULT_OPSET = 17;

    private final Block block;
    private final Shape sample;
    private final Settings settings;

    private record Settings(
            Optional<ParameterStore> parameters,
            OptionalLong batch,
            Lowering.Options lowering,
            SortedMap<String, String> metadata) {

        Settings withLowering(Lowering.Options changed) {
            return new Settings(parameters, batch, changed, metadata);
        }
    }

    private OnnxExport(Block block, Shape sample, Settings settings) {
        this.block = block;
        this.sample = sample;
        this.settings = settings;
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
        Lowering.Options lowering =
                new Lowering.Options(DEFAULT_OPSET, Style.OPERATORS, Optional.empty(), false, false);
        return new OnnxExport(
                block, sample, new Settings(Optional.empty(), OptionalLong.empty(), lowering, new TreeMap<>()));
    }

    private OnnxExport with(Settings changed) {
        return new OnnxExport(block, sample, changed);
    }

    /**
     * Takes the weights from a store instead of the block itself.
     *
     * @param parameters hands out the weights; its manager must be open while exporting
     * @return the changed export
     */
    public OnnxExport withParameters(ParameterStore parameters) {
        return with(new Settings(Optional.of(parameters), settings.batch, settings.lowering, settings.metadata));
    }

    /**
     * Writes words about the model into the file ({@code metadata_props}), in addition to those set before.
     *
     * @param metadata words by key; written sorted by key
     * @return the changed export
     */
    public OnnxExport withMetadata(Map<String, String> metadata) {
        SortedMap<String, String> all = new TreeMap<>(settings.metadata);
        all.putAll(metadata);
        return with(new Settings(settings.parameters, settings.batch, settings.lowering, all));
    }

    /**
     * Fixes the batch size. Control flow may then depend on it.
     *
     * @param batch number of samples, at least 1
     * @return the changed export
     * @throws IllegalArgumentException if {@code batch} is below 1
     */
    public OnnxExport withFixedBatch(long batch) {
        if (batch < 1) {
            throw new IllegalArgumentException("expected a batch of at least 1, found " + batch);
        }
        return with(new Settings(settings.parameters, OptionalLong.of(batch), settings.lowering, settings.metadata));
    }

    /**
     * Chooses the operator set; operators newer than it are written with older ones.
     *
     * @param opset 13 to 21
     * @return the changed export
     * @throws IllegalArgumentException if {@code opset} is out of range
     */
    public OnnxExport withOpset(int opset) {
        if (opset < OLDEST_OPSET || opset > NEWEST_OPSET) {
            throw new IllegalArgumentException(
                    "expected an opset from " + OLDEST_OPSET + " to " + NEWEST_OPSET + ", found " + opset);
        }
        Lowering.Options old = settings.lowering;
        return with(settings.withLowering(
                new Lowering.Options(opset, old.style(), old.preprocessing(), old.probabilities(), old.folding())));
    }

    /**
     * Adds the softmax of the logits as a second output, {@code probabilities}.
     *
     * @return the changed export
     */
    public OnnxExport withProbabilities() {
        Lowering.Options old = settings.lowering;
        return with(settings.withLowering(
                new Lowering.Options(old.opset(), old.style(), old.preprocessing(), true, old.folding())));
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
        Preprocessing preprocessing = new Preprocessing(list(mean), list(deviation));
        Lowering.Options old = settings.lowering;
        return with(settings.withLowering(new Lowering.Options(
                old.opset(), old.style(), Optional.of(preprocessing), old.probabilities(), old.folding())));
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
        Lowering.Options old = settings.lowering;
        return with(settings.withLowering(new Lowering.Options(
                old.opset(), Style.UNROLLED, old.preprocessing(), old.probabilities(), old.folding())));
    }

    /**
     * Multiplies batch norms into the convolutions right before them.
     *
     * @return the changed export
     */
    public OnnxExport withFoldedBatchNorm() {
        Lowering.Options old = settings.lowering;
        return with(settings.withLowering(
                new Lowering.Options(old.opset(), old.style(), old.preprocessing(), old.probabilities(), true)));
    }

    /**
     * Exports the network as it is now.
     *
     * @return the content of an {@code .onnx} file; the same weights give the same bytes
     * @throws io.catwalk.onnx.graph.ExportException if control flow depends on the input or on the batch, an
     *     operation has no ONNX form, or a weight is NaN
     */
    public byte[] bytes() {
        return OnnxSerializer.bytes(new Model(graph(), settings.lowering.opset(), settings.metadata));
    }

    /**
     * Exports the network as it is now into a file, which appears whole or not at all.
     *
     * @param file where to; replaced if it exists
     * @throws IOException if the file cannot be written
     * @throws io.catwalk.onnx.graph.ExportException as {@link #bytes()}
     */
    public void write(Path file) throws IOException {
        byte[] bytes = bytes();
        Path folder = file.toAbsolutePath().getParent();
        Path draft = Files.createTempFile(folder, ".export", ".onnx");
        try {
            Files.write(draft, bytes);
            Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(draft);
        }
    }

    private Graph graph() {
        Tracing tracing = new Tracing(block, settings.parameters, sample, OperatorTable::has);
        Program program =
                settings.batch.isPresent() ? tracing.forBatch(settings.batch.getAsLong()) : tracing.forAnyBatch();
        return Lowering.graph(program, settings.lowering);
    }
}
