package io.catwalk.runner.trial;

import ai.djl.ndarray.types.Shape;
import io.catwalk.onnx.OnnxExport;
import io.catwalk.onnx.OnnxFileException;
import io.catwalk.onnx.Predictor;
import io.catwalk.onnx.parity.Proof;
import io.catwalk.onnx.parity.Proof.NormalizedImages;
import io.catwalk.onnx.parity.ProofReport;
import io.catwalk.onnx.runtime.MetadataKeys;
import io.catwalk.onnx.runtime.Normalization;
import io.catwalk.onnx.runtime.OnnxMetadata;
import io.catwalk.onnx.runtime.OnnxPredictor;
import io.catwalk.runner.AtomicFiles;
import io.catwalk.runner.data.ImageDataset;
import io.catwalk.runner.data.ImageSource;
import io.catwalk.runner.evaluation.Predictions;
import io.catwalk.runner.given.BackboneSpec;
import io.catwalk.runner.training.TrainedModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A trained network with what it is applied to: images, or the features that a backbone makes of them.
 *
 * @param normalization of what the network is applied to
 * @param inputs what it is applied to
 * @param images what its ONNX file is applied to: the same without a backbone
 * @param backbone makes the features; null without
 */
record AppliedNetwork(
        TrainedModel model,
        Normalization normalization,
        ImageDataset inputs,
        ImageDataset images,
        @Nullable LocalBackbone backbone) {

    /** A backbone, and where its file is here. */
    record LocalBackbone(BackboneSpec spec, Path file) {}

    /** Test images on which a file with a backbone is run once: each takes as long as with the backbone alone. */
    private static final int MOST_ONCE = 256;

    /** Test images on which it is run in all ways: a batch of seven, the larger of the small ones, and a rest. */
    private static final int MOST_IN_ALL_WAYS = 8;

    /** Applies the network of a trial to what it was trained on, where the files of the trial are. */
    static AppliedNetwork of(
            TrainedModel model,
            Normalization normalization,
            ImageDataset inputs,
            TrialSpec trial,
            TrialSources sources) {
        BackboneSpec spec = trial.backbone();
        return spec == null
                ? new AppliedNetwork(model, normalization, inputs, inputs, null)
                : new AppliedNetwork(
                        model,
                        normalization,
                        inputs,
                        sources.images().dataset(),
                        new LocalBackbone(spec, sources.backbone(spec)));
    }

    /** Returns how its ONNX file expects the pixels of images. */
    Normalization ofPixels() {
        return backbone == null ? normalization : backbone.spec.network().normalization();
    }

    /** Predicts the test images. */
    Predictions predictions() {
        try (Predictor predictor = model.predictor()) {
            return Predictions.of(
                    predictor, inputs.test(), normalization, inputs.classes().size());
        }
    }

    /** Predicts the test images with an ONNX file of the network. */
    Predictions predictions(Path file) {
        ImageSource test = images.test();
        try (OnnxPredictor predictor = OnnxPredictor.open(file)) {
            return Predictions.of(
                    predictor, prepared(test), test, images.classes().size());
        }
    }

    private NormalizedImages prepared(ImageSource test) {
        return backbone == null
                ? (from, to) -> test.normalized(normalization, from, to)
                : (from, to) -> backbone.spec.prepared(test, from, to);
    }

    /** Writes it as an ONNX file; of a backbone and a network, one file from image to logits. */
    void export(Path file, ExportOptions options, Map<String, String> metadata) throws IOException {
        if (backbone == null) {
            export(options).withMetadata(metadata).write(file);
        } else {
            byte[] whole = backbone.spec.merged(
                    backbone.file,
                    images.test(),
                    normalization,
                    opset -> export(options.ofHead(opset)).bytes(),
                    metadata);
            AtomicFiles.write(file, whole);
        }
    }

    private OnnxExport export(ExportOptions options) {
        return options.apply(OnnxExport.of(model.block(), shape()), normalization);
    }

    private Shape shape() {
        return new Shape(
                model.task().channels(), model.task().height(), model.task().width());
    }

    /** Compares an ONNX file with the network on the test images; of a file with a backbone, on some of them. */
    ParityResult proven(Path file, Proof proof) {
        ImageSource test = images.test();
        try (Predictor reference = model.predictor()) {
            if (backbone == null) {
                return ParityResult.of(proof.run(reference, file, prepared(test), test.size()), test.size());
            }
            int[] some = ImageSource.evenlySpaced(test.size(), MOST_ONCE);
            int[] few = ImageSource.evenlySpaced(test.size(), MOST_IN_ALL_WAYS);
            List<ProofReport.Outcome> outcomes =
                    new ArrayList<>(proven(reference, file, some, proof.withExtent(Proof.Extent.ONCE))
                            .outcomes());
            ProofReport all = proven(reference, file, few, proof);
            outcomes.addAll(all.outcomes());
            return ParityResult.of(new ProofReport(all.proof(), outcomes), some.length);
        }
    }

    /**
     * Compares a file that resizes images itself with the network on images of other sizes; one with a backbone or rounded
     * weights, whose answers to images of the network's size have been compared, with these.
     *
     * @throws OnnxFileException if they differ
     */
    void proveOtherSizes(Path file) {
        ImageSource test = images.test();
        if (backbone == null
                && OnnxMetadata.read(file).get(MetadataKeys.WEIGHTS).isEmpty()) {
            try (Predictor reference = model.predictor()) {
                OtherSizes.of(file, test, pixels -> reference.logits(normalization.normalized(pixels, 1), 1))
                        .prove();
            }
        } else {
            try (OnnxPredictor reference = OnnxPredictor.open(file)) {
                OtherSizes.of(file, test, pixels -> reference.logits(pixels, 1)).prove();
            }
        }
    }

    private ProofReport proven(Predictor reference, Path file, int[] chosen, Proof proof) {
        float[] logits = Predictions.of(
                        reference,
                        inputs.test().select(chosen),
                        normalization,
                        inputs.classes().size())
                .logits();
        return proof.run(logits, file, prepared(images.test().select(chosen)), chosen.length);
    }
}
