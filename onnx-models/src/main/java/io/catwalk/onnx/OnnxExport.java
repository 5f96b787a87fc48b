package io.catwalk.onnx;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;
import ai.djl.training.Trainer;
import io.catwalk.onnx.graph.Model;
import io.catwalk.onnx.graph.OnnxSerializer;
import io.catwalk.onnx.lowering.Choice;
import io.catwalk.onnx.lowering.Naming;
import io.catwalk.onnx.lowering.Options;
import io.catwalk.onnx.lowering.Preprocessing;
import io.catwalk.onnx.parity.Proof;
import io.catwalk.onnx.parity.ProofReport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Exports a DJL block as an ONNX model, by running its own {@code forward} on arrays that remember what is
 * done to them. The model of a classifier has one input, {@code images}, and its first output is {@code logits};
 * others are described by {@link OnnxInput}. Immutable: each {@code with} method returns a changed copy.
 *
 * <pre>{@code
 * OnnxExport.of(block, new Shape(1, 28, 28)).withMetadata(Map.of("labels", "...")).write(Path.of("model.onnx"));
 *
 * Axis sequence = Axis.of("sequence").atMost(512);
 * OnnxExport.of(
 *         block,
 *         OnnxInput.of("input_ids", DataType.INT64, Axis.BATCH, sequence),
 *         OnnxInput.of("attention_mask", DataType.INT64, Axis.BATCH, sequence));
 * }</pre>
 */
public final class OnnxExport {

    private final Order order;

    private OnnxExport(Order order) {
        this.order = order;
    }

    /**
     * Prepares the export of a classifier with the settings that suit most: opset 17, any batch size, normalized
     * floats in, logits out.
     *
     * @param block the network, with its parameters initialized unless {@link #withParameters} brings them
     * @param sample shape of one sample without the batch, such as (channels, height, width)
     * @return the export
     * @throws IllegalArgumentException if a size in {@code sample} is unknown or not positive
     */
    public static OnnxExport of(Block block, Shape sample) {
        return of(block, List.of(OnnxInput.ofImages(sample)), List.of());
    }

    /**
     * Prepares the export of any network, with opset 17. Its outputs are called as {@link #withOutputNames} says,
     * else as {@code forward} calls them ({@code NDArray.setName}), else {@code output}, or {@code output_1},
     * {@code output_2} and so on.
     *
     * @param block the network, with its parameters initialized unless {@link #withParameters} brings them
     * @param inputs what its {@code forward} takes, in order
     * @return the export
     * @throws IllegalArgumentException if there is no input, two inputs have one name, or two axes of one name have
     *     different bounds
     */
    public static OnnxExport of(Block block, OnnxInput... inputs) {
        List<OnnxInput> all = List.of(inputs);
        OnnxInput.requireFitting(all);
        return of(block, all, all.stream().map(OnnxInput::name).toList());
    }

    private static OnnxExport of(Block block, List<OnnxInput> inputs, List<String> names) {
        return new OnnxExport(new Order(
                block,
                inputs,
                new Naming(names, List.of()),
                Optional.empty(),
                Options.withDefaults(),
                new TreeMap<>(),
                Optional.empty()));
    }

    /**
     * Prepares the export of the network of a model with one input, whose shape is that which it was initialized or
     * loaded with. The first axis is the batch. A {@code ZooModel} is a model too.
     *
     * @param model the model
     * @return the export
     * @throws IllegalArgumentException if the network has no known shape or several inputs: describe them to
     *     {@link #of(Block, OnnxInput...)}
     */
    public static OnnxExport of(ai.djl.Model model) {
        return of(model.getBlock(), OnnxInput.sampleOf(model.getBlock()));
    }

    /**
     * Prepares the export of the network that a trainer trains, as {@link #of(ai.djl.Model)} does. Export between two
     * steps: gradients that were collected stay, and the training goes on as if there had been no export. Weights that
     * another thread changes meanwhile are an {@code ExportException}.
     *
     * @param trainer an initialized trainer
     * @return the export
     * @throws IllegalArgumentException as {@link #of(ai.djl.Model)}
     */
    public static OnnxExport of(Trainer trainer) {
        return of(trainer.getModel());
    }

    private OnnxExport with(Options changed) {
        return new OnnxExport(order.with(changed));
    }

    /**
     * Names the outputs.
     *
     * @param names one per array that {@code forward} returns, in order
     * @return the changed export
     * @throws IllegalArgumentException if a name is empty, or given twice
     */
    public OnnxExport withOutputNames(String... names) {
        List<String> outputs = List.of(names);
        if (outputs.stream().anyMatch(String::isBlank) || Set.copyOf(outputs).size() != outputs.size()) {
            throw new IllegalArgumentException("expected outputs with names of their own, found " + outputs);
        }
        return new OnnxExport(order.withOutputs(outputs));
    }

    /**
     * Takes the weights from a store instead of the block itself.
     *
     * @param store hands out the weights; its manager must be open while exporting
     * @return the changed export
     */
    public OnnxExport withParameters(ParameterStore store) {
        return new OnnxExport(order.with(store));
    }

    /**
     * Writes words about the model into the file ({@code metadata_props}), in addition to those set before.
     *
     * @param entries words by key; written sorted by key
     * @return the changed export
     */
    public OnnxExport withMetadata(Map<String, String> entries) {
        return new OnnxExport(order.with(entries));
    }

    /**
     * Fixes the batch size. Control flow may then depend on it.
     *
     * @param size number of samples, at least 1
     * @return the changed export
     * @throws IllegalArgumentException if {@code size} is below 1, or no input has an axis called batch
     */
    public OnnxExport withFixedBatch(long size) {
        if (size < 1) {
            throw new IllegalArgumentException("expected a batch of at least 1, found " + size);
        }
        return withFixedSize(Axis.BATCH.name(), size);
    }

    /**
     * Fixes the size of a dynamic axis. Control flow may then depend on it.
     *
     * @param axis name of the axis
     * @param size a size that the axis may have
     * @return the changed export
     * @throws IllegalArgumentException if no input has the axis, or the axis does not take the size
     */
    public OnnxExport withFixedSize(String axis, long size) {
        return new OnnxExport(order.with(OnnxInput.fixed(order.inputs(), axis, size)));
    }

    /**
     * Chooses the operator set; operators newer than it are written with older ones.
     *
     * @param opset 13 to 21
     * @return the changed export
     * @throws IllegalArgumentException if {@code opset} is out of range
     */
    public OnnxExport withOpset(int opset) {
        return with(order.options().withOpset(opset));
    }

    /**
     * Adds the softmax of the logits as a second output, {@code probabilities}.
     *
     * @return the changed export
     */
    public OnnxExport withProbabilities() {
        return with(order.options().with(Choice.PROBABILITIES));
    }

    /**
     * Takes pixels as unsigned bytes, and computes {@code (pixel / 255 - mean) / deviation} in the graph.
     * Only for a network with one input, of FLOAT32.
     *
     * @param mean one number per channel, or one for all
     * @param deviation one number per channel, or one for all; above 0
     * @return the changed export
     * @throws IllegalArgumentException if the numbers do not belong together, or the input holds no image
     */
    public OnnxExport withEmbeddedPreprocessing(float[] mean, float[] deviation) {
        OnnxInput.requireImages(order.inputs());
        return with(order.options().with(Preprocessing.of(mean, deviation)));
    }

    /**
     * Writes recurrent layers step by step with plain operators, for readers without recurrent ones.
     *
     * @return the changed export
     */
    public OnnxExport withUnrolledRecurrence() {
        return with(order.options().with(Choice.UNROLLED_RECURRENCE));
    }

    /**
     * Multiplies batch norms into the convolutions right before them.
     *
     * @return the changed export
     */
    public OnnxExport withFoldedBatchNorm() {
        return with(order.options().with(Choice.FOLDED_BATCH_NORM));
    }

    /**
     * Holds weights of 1 KiB or more as FLOAT16, which the file casts to FLOAT: it is about half as large, and computes in
     * FLOAT as before. That is for size; on a CPU it is not faster. Weights with a number beyond 65,504 stay FLOAT and are
     * named in the metadata ({@code weights.float32}). Answers differ by the rounding to 11 significant bits, so a proof needs
     * a tolerance of about {@link io.catwalk.onnx.parity.CrossCheck#HALF_PRECISION}.
     *
     * @return the changed export
     */
    public OnnxExport withFloat16Weights() {
        return with(order.options().with(Choice.FLOAT16_WEIGHTS));
    }

    /**
     * Writes tensors of 1 KiB or more into a file beside the model, {@code NAME.onnx.data}. Without this it is done where
     * the model would exceed the 2 GB of a file. Both belong together: the model names the other file.
     *
     * @return the changed export
     */
    public OnnxExport withExternalData() {
        return with(order.options().with(Choice.EXTERNAL_DATA));
    }

    /**
     * Demands a proof of whatever is exported, as {@link #prove} gives it: without it, {@link #write} and
     * {@link #bytes} fail and nothing is written. Its outcome stands in the metadata ({@code parity.*}).
     *
     * @param samples what to ask, each with an array for every input in order; copied. Batches of several samples are
     *     asked in smaller batches, too
     * @param tolerance largest difference that passes, as a share of the largest absolute value of the output; 0 or
     *     above, such as {@link io.catwalk.onnx.parity.Proof#TOLERANCE}. Whole numbers have to be equal
     * @return the changed export
     * @throws IllegalArgumentException if there is no sample, one has another number of arrays than there are inputs,
     *     or the tolerance is below 0
     * @throws IllegalStateException if ONNX Runtime is not on the class path
     */
    public OnnxExport withProof(List<NDList> samples, double tolerance) {
        return new OnnxExport(order.with(Demand.of(order.inputs(), samples, tolerance)));
    }

    /**
     * Exports the network as it is now, runs it in its engine and the export in ONNX Runtime, and compares every
     * output, at all optimization levels, with one thread and all threads, with the samples as they are and in batches
     * of 1, 2 and 7. Writes nothing.
     *
     * @param samples as for {@link #withProof}, at least one; arrays may have other sizes from sample to sample where
     *     axes are dynamic
     * @return how far the answers differ, judged at {@link io.catwalk.onnx.parity.Proof#TOLERANCE}
     * @throws IllegalArgumentException if there is no sample, or one does not fit the inputs
     * @throws IllegalStateException if ONNX Runtime is not on the class path
     * @throws io.catwalk.onnx.graph.ExportException as {@link #bytes()}, or if the network itself does not run on a
     *     sample, or ONNX Runtime does not open the export
     */
    public ProofReport prove(NDList... samples) {
        return order.report(Demand.of(order.inputs(), List.of(samples), Proof.TOLERANCE));
    }

    /**
     * Exports the network as it is now.
     *
     * @return the content of an {@code .onnx} file; the same weights give the same bytes
     * @throws io.catwalk.onnx.graph.ExportException if control flow depends on the input or on a dynamic axis, an
     *     operation has no ONNX form, a weight is NaN, a proof is demanded and fails, or it is larger than 2 GB
     * @throws IllegalStateException after {@link #withExternalData}, since there is no file that it could be beside
     */
    public byte[] bytes() {
        if (order.options().choices().contains(Choice.EXTERNAL_DATA)) {
            throw new IllegalStateException("bytes are one file, and external data was asked for: use write");
        }
        return OnnxSerializer.bytes(order.model());
    }

    /**
     * Exports the network as it is now into a file, which appears whole or not at all. Where its weights go beside it, they
     * are there before it. The weights are held once in memory, beside the network's own; where a proof is demanded, twice
     * more.
     *
     * @param file where to; replaced if it exists, with the weights beside it
     * @throws IOException if the file cannot be written
     * @throws io.catwalk.onnx.graph.ExportException as {@link #bytes()}
     */
    public void write(Path file) throws IOException {
        Model model = order.model();
        ModelWriter.write(model, order.isBeside(model), file);
    }
}
