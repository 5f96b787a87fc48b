package io.catwalk.runner.trial;

import io.catwalk.onnx.ExportException;
import io.catwalk.onnx.OnnxFileException;
import io.catwalk.onnx.compose.EmbeddedResizing;
import io.catwalk.onnx.file.ModelFiles;
import io.catwalk.onnx.parity.Proof;
import io.catwalk.onnx.runtime.MetadataKeys;
import io.catwalk.onnx.runtime.Normalization;
import io.catwalk.onnx.runtime.OnnxMetadata;
import io.catwalk.onnx.runtime.OnnxPredictor;
import io.catwalk.onnx.runtime.Preprocessing;
import io.catwalk.runner.AtomicFiles;
import io.catwalk.runner.Json;
import io.catwalk.runner.Reasons;
import io.catwalk.runner.data.ImageDataset;
import io.catwalk.runner.data.ImageSource;
import io.catwalk.runner.data.ResizeRule.Fit;
import io.catwalk.runner.evaluation.Evaluation;
import io.catwalk.runner.evaluation.Metrics;
import io.catwalk.runner.trial.ParityResult.Missing;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes a trained network as an ONNX file and proves that the file gives the same results. Until that is proven
 * the file is named {@code NAME.rejected.onnx}, and it keeps that name if the cross-check fails.
 */
final class OnnxModel {

    private static final Logger LOG = LoggerFactory.getLogger(OnnxModel.class);

    /** Property that makes the check of a trial's file {@code brief}. Only tests set it. */
    static final String CROSS_CHECK = "catwalk.cross-check";

    private OnnxModel() {}

    /** Is told before a file that may be in use is replaced; if it fails, the file stays. */
    interface Replacement {

        void announce() throws IOException;
    }

    /**
     * Exports, cross-checks on the test images, and writes the metadata into the file. Anything that the network throws
     * meanwhile means that it has no ONNX form; a problem with files means that it was not written.
     *
     * @param file where to; its folder exists. An existing file stays unless the new one agrees
     * @param order of the trial, which says how the images got their size, and which they are
     * @param replacement is announced if the new file agrees
     */
    static ParityResult write(
            Path file,
            AppliedNetwork network,
            TrialOrder order,
            TrialOutcome.Done result,
            ExportOptions options,
            Replacement replacement) {
        Path draft = rejected(file);
        try {
            export(draft, network, order, result, options);
            ParityResult parity = evaluated(draft, network);
            if (parity.agrees() && options.anySize()) {
                network.proveOtherSizes(draft);
            }
            if (parity.agrees()) {
                replacement.announce();
                signature(file, draft, network.ofPixels()).write(ModelSignature.beside(file));
                ModelFiles.rename(draft, file);
            }
            return parity;
        } catch (ExportException | OnnxFileException e) {
            return ParityResult.without(Missing.NO_FORM, Reasons.oneLine(String.valueOf(e.getMessage())));
        } catch (IOException e) {
            LOG.error("{} could not be written", file, e);
            String reason = Reasons.of(e);
            return ParityResult.without(
                    Missing.UNWRITTEN,
                    reason.startsWith("cannot write ") ? reason : "cannot write " + draft + ": " + reason);
        } catch (Throwable e) { // the plugin's code was traced and run: whatever it was, the network is trained
            LOG.error("{} could not be made", file, e);
            return ParityResult.without(Missing.NO_FORM, "exporting it ended in " + Reasons.of(e));
        }
    }

    /** Describes a file, whose final path is {@code file}, as it lies at {@code draft} now. */
    static ModelSignature signature(Path file, Path draft, Normalization normalization) {
        try (OnnxPredictor predictor = OnnxPredictor.open(draft)) {
            return ModelSignature.of(
                    file,
                    predictor,
                    predictor
                            .metadata()
                            .preprocessing()
                            .map(Preprocessing::color)
                            .orElse(null),
                    new ModelSignature.Normalization(
                            Normalization.doubles(normalization.mean()), Normalization.doubles(normalization.std())));
        }
    }

    /** Writes the file, with all metadata except a proof. */
    static void export(
            Path file, AppliedNetwork network, TrialOrder order, TrialOutcome.Done result, ExportOptions options)
            throws IOException {
        network.export(
                file,
                options,
                metadata(network.images(), network.ofPixels(), order, result, options)
                        .entries());
        if (options.anySize()) {
            // A network whose images all had one size is given others stretched.
            Fit fit = Objects.requireNonNullElse(order.dataset().fit(), Fit.STRETCH);
            byte[] whole = EmbeddedResizing.added(file, EmbeddedResizing.Fit.valueOf(fit.name()));
            AtomicFiles.write(file, whole);
        }
    }

    private static ParityResult evaluated(Path file, AppliedNetwork network) throws IOException {
        ParityResult parity;
        try {
            parity = crossCheck(file, network, check());
        } catch (OnnxFileException e) {
            return ParityResult.unrun(network.images().test().size(), Reasons.oneLine(String.valueOf(e.getMessage())));
        }
        try {
            OnnxMetadata metadata = OnnxMetadata.read(file).withAll(parity.entries());
            if (parity.flipped() != null) {
                metadata = metadata.withAll(metrics(evaluation(file, network).metrics()));
            }
            metadata.write(file);
        } catch (OnnxFileException e) {
            throw new IOException(Reasons.of(e.getCause() == null ? e : e.getCause()), e);
        }
        return parity;
    }

    /** Returns the check of a trial's file, which is brief in tests alone. */
    static Proof check() {
        boolean brief = "brief".equals(System.getProperty(CROSS_CHECK));
        return brief ? Proof.ofImages().withExtent(Proof.Extent.BRIEF) : Proof.ofImages();
    }

    /** Evaluates a file whose results differ from those that the network was evaluated by. */
    static Evaluation evaluation(Path file, AppliedNetwork network) {
        return Evaluation.of(network.predictions(file), network.images().classes());
    }

    /** Cross-checks a file on the test images. */
    static ParityResult crossCheck(Path file, AppliedNetwork network, Proof check) {
        boolean rounded = OnnxMetadata.read(file)
                .get(MetadataKeys.WEIGHTS)
                .filter(MetadataKeys.FLOAT16::equals)
                .isPresent();
        return network.proven(file, rounded ? check.withRoundedWeights() : check);
    }

    /** Returns the path of a file that failed its cross-check. */
    static Path rejected(Path file) {
        return ModelFiles.beside(file, ".rejected.onnx");
    }

    /** Returns the metadata of the file of a trial, except what the export itself and the cross-check add. */
    private static OnnxMetadata metadata(
            ImageDataset dataset,
            Normalization normalization,
            TrialOrder order,
            TrialOutcome.Done result,
            ExportOptions options) {
        ImageSource images = dataset.test();
        OnnxMetadata metadata = OnnxMetadata.empty().withLabels(dataset.classes());
        if (normalization.mean().length == 1 || normalization.mean().length == 3) {
            metadata = metadata.withPreprocessing(new Preprocessing(
                    images.height(),
                    images.width(),
                    Normalization.doubles(normalization.mean()),
                    Normalization.doubles(normalization.std())));
        }
        TrialSpec trial = result.trial();
        Map<String, String> more = new TreeMap<>();
        more.put("classifier", trial.classifier());
        more.put("variant", trial.variant());
        Fit fit = order.dataset().fit();
        put(more, MetadataKeys.FIT, fit == null ? null : fit.key());
        put(more, MetadataKeys.AUTHOR, options.author());
        put(more, MetadataKeys.LICENSE, options.license());
        more.putAll(metrics(result.metrics().test()));
        more.put(MetadataKeys.PROVENANCE + "dataset", dataset.name());
        more.putAll(EvaluatedImages.of(order, dataset).entries());
        more.put(MetadataKeys.PROVENANCE + "seed", Long.toString(trial.seed()));
        more.put(MetadataKeys.PROVENANCE + "fold", Integer.toString(trial.fold()));
        more.put(MetadataKeys.PROVENANCE + "hyperparameters", Json.LINE.writeValueAsString(trial.hyperparameters()));
        more.put(MetadataKeys.PROVENANCE + "recipe", Json.LINE.writeValueAsString(trial.recipe()));
        Json.flat(result.provenance()).forEach((key, value) -> more.put(MetadataKeys.PROVENANCE + key, value));
        return metadata.withAll(more);
    }

    /** Returns the metrics on the test images as metadata. */
    static Map<String, String> metrics(Metrics test) {
        Map<String, String> entries = new TreeMap<>();
        Json.flat(test).forEach((name, value) -> {
            if (!value.isEmpty()) {
                entries.put(MetadataKeys.METRICS + "test." + name, value);
            }
        });
        return entries;
    }

    private static void put(Map<String, String> entries, String key, @Nullable String value) {
        if (value != null) {
            entries.put(key, value);
        }
    }
}
