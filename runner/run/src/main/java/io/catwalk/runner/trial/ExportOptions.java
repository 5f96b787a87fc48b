package io.catwalk.runner.trial;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonIgnore;
import io.catwalk.onnx.OnnxExport;
import io.catwalk.onnx.runtime.Normalization;
import io.catwalk.runner.RequestException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Options of the export to ONNX.
 *
 * @param opset 13 to 21
 * @param probabilities whether the softmax of the logits is added as the last output
 * @param embeddedPreprocessing whether the file takes pixels and normalizes them itself
 * @param batch number of images of a fixed batch; null allows any
 * @param unrolledRecurrence whether recurrent layers are written step by step
 * @param foldedBatchNorm whether batch norms are folded into the convolutions before them
 * @param externalData whether large weights are in a file beside it, even if one file could hold them; not kept with
 *     a trial, since it does not change the results
 * @param float16 whether large weights are stored as 16-bit floats; never in a trial
 * @param anySize whether it takes the bytes of images of any size and resizes them itself; never in a trial
 * @param author of the model; null if not stated
 * @param license of the model; null if not stated
 */
public record ExportOptions(
        int opset,
        boolean probabilities,
        boolean embeddedPreprocessing,
        @Nullable Integer batch,
        boolean unrolledRecurrence,
        boolean foldedBatchNorm,
        @JsonIgnore boolean externalData,
        @JsonIgnore boolean float16,
        @JsonIgnore boolean anySize,
        @Nullable String author,
        @Nullable String license) {

    /** Reads the options of a trial's own file. */
    @JsonCreator
    ExportOptions(
            int opset,
            boolean probabilities,
            boolean embeddedPreprocessing,
            @Nullable Integer batch,
            boolean unrolledRecurrence,
            boolean foldedBatchNorm,
            @Nullable String author,
            @Nullable String license) {
        this(
                opset,
                probabilities,
                embeddedPreprocessing,
                batch,
                unrolledRecurrence,
                foldedBatchNorm,
                false,
                false,
                false,
                author,
                license);
    }

    public static final int OLDEST_OPSET = 13;

    public static final int NEWEST_OPSET = 21;

    /** The operator set that most readers know. */
    public static final int DEFAULT_OPSET = 17;

    /** Returns the standard options: opset 17, any batch, normalized floats in, logits out. */
    public static ExportOptions standard() {
        return new ExportOptions(DEFAULT_OPSET, false, false, null, false, false, false, false, false, null, null);
    }

    /** Lets the file take the bytes of images of any size. */
    public ExportOptions withAnySize() {
        return withPixelsOutside(opset, true);
    }

    /** Returns the options of a head that is merged with a backbone of others, which decides about its form. */
    ExportOptions ofHead(int newOpset) {
        if (embeddedPreprocessing || batch != null || externalData || float16) {
            throw new RequestException("expected a file with any batch, normalized pixels and all of its weights in 32"
                    + " bits where there is a backbone, but options say otherwise: leave them out");
        }
        return withPixelsOutside(newOpset, false);
    }

    /** Returns the options of a file of any batch, which something else gives normalized pixels. */
    private ExportOptions withPixelsOutside(int newOpset, boolean resizes) {
        return new ExportOptions(
                newOpset,
                probabilities,
                false,
                null,
                unrolledRecurrence,
                foldedBatchNorm,
                false,
                float16,
                resizes,
                author,
                license);
    }

    /** Returns whether files of both options hold the same graph, whoever made them and wherever the weights are. */
    boolean sameGraph(ExportOptions other) {
        return opset == other.opset
                && probabilities == other.probabilities
                && embeddedPreprocessing == other.embeddedPreprocessing
                && Objects.equals(batch, other.batch)
                && unrolledRecurrence == other.unrolledRecurrence
                && foldedBatchNorm == other.foldedBatchNorm
                && float16 == other.float16
                && anySize == other.anySize;
    }

    OnnxExport apply(OnnxExport export, Normalization normalization) {
        OnnxExport chosen = export.withOpset(opset);
        if (probabilities) {
            chosen = chosen.withProbabilities();
        }
        if (embeddedPreprocessing) {
            chosen = chosen.withEmbeddedPreprocessing(normalization.mean(), normalization.std());
        }
        if (batch != null) {
            chosen = chosen.withFixedBatch(batch);
        }
        if (unrolledRecurrence) {
            chosen = chosen.withUnrolledRecurrence();
        }
        if (externalData) {
            chosen = chosen.withExternalData();
        }
        if (float16) {
            chosen = chosen.withFloat16Weights();
        }
        return foldedBatchNorm ? chosen.withFoldedBatchNorm() : chosen;
    }
}
