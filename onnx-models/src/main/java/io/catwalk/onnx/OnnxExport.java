package io.catwalk.onnx;

import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.training.ParameterStore;
import ai.djl.training.Trainer;
import io.catwalk.onnx.graph.Model;
import io.catwalk.onnx.graph.OnnxSerializer;
import io.catwalk.onnx.lowering.LoweringOptions;
import io.catwalk.onnx.lowering.LoweringOptions.ExportFlag;
import io.catwalk.onnx.lowering.Naming;
import io.catwalk.onnx.parity.Proof;
import io.catwalk.onnx.parity.ProofReport;
import io.catwalk.onnx.runtime.Normalization;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Exports a DJL block as an ONNX model by tracing: it runs the block's own {@code forward} on arrays that record the
 * operations applied to them. The model of a classifier has one input, {@code images}, and its first output is
 * {@code logits}. The inputs of other networks are described by {@link OnnxInput}. Instances are immutable: each
 * {@code with} method returns a changed copy.
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

    private final ExportRequest request;

    private OnnxExport(ExportRequest request) {
        this.request = request;
    }

    /**
     * Prepares the export of a classifier with default settings: opset 17, any batch size, normalized floats as input
     * and logits as output.
     *
     * @param block the network; its parameters must be initialized unless {@link #withParameters} supplies them
     * @param sample shape of one sample without the batch axis, such as (channels, height, width)
     * @throws IllegalArgumentException if a size in {@code sample} is unknown or not positive, or if {@code sample} is
     *     the whole shape that the network was initialized with: it would get a second batch axis
     */
    public static OnnxExport of(Block block, Shape sample) {
        OnnxInput.requireNoBatch(block, sample);
        return of(block, List.of(OnnxInput.ofImages(sample)), List.of());
    }

    /**
     * Prepares the export of any network, with opset 17. Output names come from {@link #withOutputNames}, or else from
     * {@code forward} ({@code NDArray.setName}). By default, a single output is called {@code output}, and several are
     * called {@code output_1}, {@code output_2} and so on.
     *
     * @param block the network; its parameters must be initialized unless {@link #withParameters} supplies them
     * @param inputs the inputs of its {@code forward}, in order
     * @throws IllegalArgumentException if there is no input, two inputs have the same name, or two axes of the same
     *     name have different bounds or steps
     */
    public static OnnxExport of(Block block, OnnxInput... inputs) {
        List<OnnxInput> all = List.of(inputs);
        OnnxInput.requireFitting(all);
        return of(block, all, all.stream().map(OnnxInput::name).toList());
    }

    private static OnnxExport of(Block block, List<OnnxInput> inputs, List<String> names) {
        return new OnnxExport(new ExportRequest(
                block,
                inputs,
                new Naming(names, List.of()),
                Optional.empty(),
                LoweringOptions.withDefaults(),
                new TreeMap<>(),
                Optional.empty()));
    }

    /**
     * Prepares the export of a model's network, which must have one input. Its shape is the one that the network was
     * initialized or loaded with; the first axis is the batch. A {@code ZooModel} is a model, too.
     *
     * @throws IllegalArgumentException if the network has several inputs, or one of unknown shape: use
     *     {@link #of(Block, OnnxInput...)} instead
     */
    public static OnnxExport of(ai.djl.Model model) {
        return of(model.getBlock(), OnnxInput.sampleOf(model.getBlock()));
    }

    /**
     * Prepares the export of the network that a trainer trains, as {@link #of(ai.djl.Model)} does. Export between two
     * training steps: collected gradients are kept, and the training continues as if there had been no export. If
     * another thread changes the weights during the export, it fails with an {@code ExportException}.
     *
     * @throws IllegalArgumentException as {@link #of(ai.djl.Model)}
     */
    public static OnnxExport of(Trainer trainer) {
        return of(trainer.getModel());
    }

    private OnnxExport with(LoweringOptions changed) {
        return new OnnxExport(request.with(changed));
    }

    /**
     * Names the outputs.
     *
     * @param names one per array that {@code forward} returns, in order
     * @throws IllegalArgumentException if a name is empty, or given twice
     */
    public OnnxExport withOutputNames(String... names) {
        List<String> outputs = List.of(names);
        if (outputs.stream().anyMatch(String::isBlank) || Set.copyOf(outputs).size() != outputs.size()) {
            throw new IllegalArgumentException("expected a different name for each output, found " + outputs);
        }
        return new OnnxExport(request.withOutputs(outputs));
    }

    /**
     * Takes the weights from a store instead of the block itself.
     *
     * @param store supplies the weights; its manager must stay open during the export
     */
    public OnnxExport withParameters(ParameterStore store) {
        return new OnnxExport(request.with(store));
    }

    /**
     * Adds entries to the metadata of the file ({@code metadata_props}). Earlier entries are kept unless their key is
     * set again.
     *
     * @param entries values by key; written sorted by key
     */
    public OnnxExport withMetadata(Map<String, String> entries) {
        return new OnnxExport(request.with(entries));
    }

    /**
     * Fixes the batch size. Control flow may then depend on it.
     *
     * @param size number of samples, at least 1
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
     * @param size a size that the axis may have
     * @throws IllegalArgumentException if no input has the axis, or the axis does not allow the size
     */
    public OnnxExport withFixedSize(String axis, long size) {
        return new OnnxExport(request.with(OnnxInput.fixed(request.inputs(), axis, size)));
    }

    /**
     * Sets the opset, the version of the ONNX operator set. An operation whose own operator is newer is written with
     * older operators.
     *
     * @param opset 13 to 21
     * @throws IllegalArgumentException if {@code opset} is out of range
     */
    public OnnxExport withOpset(int opset) {
        return with(request.options().withOpset(opset));
    }

    /** Adds the softmax of the logits as the last output, {@code probabilities}. */
    public OnnxExport withProbabilities() {
        return with(request.options().with(ExportFlag.PROBABILITIES));
    }

    /**
     * Makes the model take pixels as unsigned bytes, and compute {@code (pixel / 255 - mean) / deviation} in the graph.
     * Only for a network with one input, of FLOAT32.
     *
     * @param mean one number per channel, or one for all
     * @param deviation one number per channel, or one for all; above 0
     * @throws IllegalArgumentException if {@code mean} and {@code deviation} are empty or differ in length, a deviation
     *     is not above 0, or the network does not have one FLOAT32 input of images
     */
    public OnnxExport withEmbeddedPreprocessing(float[] mean, float[] deviation) {
        OnnxInput.requireImages(request.inputs());
        return with(request.options().with(new Normalization(mean.clone(), deviation.clone())));
    }

    /** Writes recurrent layers step by step with basic operators, for runtimes without recurrent operators. */
    public OnnxExport withUnrolledRecurrence() {
        return with(request.options().with(ExportFlag.UNROLLED_RECURRENCE));
    }

    /** Folds each batch normalization into the convolution right before it. */
    public OnnxExport withFoldedBatchNorm() {
        return with(request.options().with(ExportFlag.FOLDED_BATCH_NORM));
    }

    /**
     * Stores matrices and kernels of 1 KiB or more as FLOAT16; the graph casts them to FLOAT and computes in FLOAT as
     * before. The file is about half as large, but not faster on a CPU. Vectors stay FLOAT, such as biases and the
     * statistics of norms. So do weights with a number beyond 65,504, which are listed in the metadata
     * ({@code weights.float32}). Outputs differ by the rounding to 11 significant bits, so a proof needs a tolerance of
     * about {@link io.catwalk.onnx.parity.Proof#HALF_PRECISION}.
     */
    public OnnxExport withFloat16Weights() {
        return with(request.options().with(ExportFlag.FLOAT16_WEIGHTS));
    }

    /**
     * Writes tensors of 1 KiB or more into a second file beside the model, {@code NAME.onnx.data}. Without this
     * setting, that is done only if the model would exceed the 2 GB limit of a file. Keep both files together: the
     * model refers to the other file by its name.
     */
    public OnnxExport withExternalData() {
        return with(request.options().with(ExportFlag.EXTERNAL_DATA));
    }

    /**
     * Requires a proof of each export, the comparison that {@link #prove} makes. If it fails, {@link #write} and
     * {@link #bytes} throw and nothing is written. Its result is stored in the metadata ({@code parity.*}).
     *
     * @param samples the inputs to compare on, each with one array per input, in order; copied. Batches of several
     *     samples are also run as smaller batches
     * @param tolerance largest difference that passes, relative to the largest absolute value of the output; 0 or
     *     above, such as {@link io.catwalk.onnx.parity.Proof#TOLERANCE}. Whole numbers must be equal
     * @throws IllegalArgumentException if there is no sample, the number of arrays in a sample differs from the number
     *     of inputs, or the tolerance is below 0
     * @throws IllegalStateException if ONNX Runtime is not on the class path
     */
    public OnnxExport withProof(List<NDList> samples, double tolerance) {
        return new OnnxExport(request.with(ProofRequest.of(request.inputs(), samples, tolerance)));
    }

    /**
     * Exports the network in its current state, runs the network in its engine and the export in ONNX Runtime, and
     * compares every output: at all optimization levels, with one thread and with all threads, with the samples as they
     * are and in batches of 1, 2 and 7. Writes no model file.
     *
     * @param samples as for {@link #withProof}, at least one; the sizes of dynamic axes may differ between samples
     * @return how far the outputs differ, compared at {@link io.catwalk.onnx.parity.Proof#TOLERANCE}
     * @throws IllegalArgumentException if there is no sample, or one does not fit the inputs
     * @throws IllegalStateException if ONNX Runtime is not on the class path
     * @throws ExportException as {@link #bytes()}, or if the network itself does not run on a
     *     sample, or ONNX Runtime cannot load the export
     */
    public ProofReport prove(NDList... samples) {
        return request.report(ProofRequest.of(request.inputs(), List.of(samples), Proof.TOLERANCE));
    }

    /**
     * Exports the network in its current state.
     *
     * @return the content of an {@code .onnx} file; the same weights give the same bytes
     * @throws ExportException if control flow depends on the input or on a dynamic axis, an
     *     operation has no ONNX form, a weight is NaN, a required proof fails, or the model is larger than 2 GB
     * @throws IllegalStateException after {@link #withExternalData}, which needs a second file
     */
    public byte[] bytes() {
        if (request.options().choices().contains(ExportFlag.EXTERNAL_DATA)) {
            throw new IllegalStateException(
                    "expected an export without external data, which is a second file: use write");
        }
        return OnnxSerializer.bytes(request.model());
    }

    /**
     * Exports the network in its current state into a file, which is written completely or not at all. External weights
     * are in place before the model. The export holds one copy of the weights in memory, beside the network's own, and
     * two more if a proof is required.
     *
     * @param file the file to write; it and the weights beside it are replaced if they exist
     * @throws IOException if the file cannot be written
     * @throws ExportException as {@link #bytes()}
     */
    public void write(Path file) throws IOException {
        Model model = request.model();
        ExportRequest.write(model, request.isBeside(model), file);
    }
}
