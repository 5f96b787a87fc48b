package io.catwalk.testkit.contract;

import ai.djl.ndarray.types.Shape;
import io.catwalk.api.Task;
import io.catwalk.onnx.runtime.OnnxPredictor;
import io.catwalk.testkit.contract.Network.Mode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** Checks of the logits of a plugin's networks, here and as ONNX. */
final class AnswerChecks {

    static final List<Check> ALL = List.of(
            Check.of("alone", "the answer to an image does not depend on the others", AnswerChecks::alone)
                    .presuming("repeatable"),
            Check.of("many-images", "65 images at once are answered as in small batches", AnswerChecks::many)
                    .presuming("alone"),
            Check.of("onnx", "the ONNX form answers the same, for 1 to 65 images", AnswerChecks::onnx)
                    .presuming("repeatable", "alone", "many-images"));

    private static final int MANY = 65;

    private AnswerChecks() {}

    private static void alone(Candidate candidate) {
        Task task = candidate.task();
        Images images = Images.random(task, 7, Candidate.SEED);
        try (Network network = candidate.initialized(task)) {
            float[] together = network.logits(images, Mode.EVALUATION);
            float[] alone = inBatches(network, images, 1);
            Near.require(alone, together, "the same logits for an image alone and in a batch of 7");
        }
    }

    private static void many(Candidate candidate) {
        Task task = candidate.task();
        Images images = Images.random(task, MANY, Candidate.SEED);
        try (Network network = candidate.initialized(task)) {
            Near.require(
                    inBatches(network, images, 13),
                    network.logits(images, Mode.EVALUATION),
                    "the same logits in a batch of " + MANY + " and in batches of 13");
        }
    }

    private static void onnx(Candidate candidate) throws IOException {
        Task task = candidate.task();
        Images images = Images.random(task, MANY, Candidate.SEED);
        Path file = Files.createTempFile("contract", ".onnx");
        try (Network network = candidate.initialized(task)) {
            // With weights as they were drawn, an export that leaves something out could go unnoticed.
            network.step(images.range(0, 7));
            network.export(new Shape(task.channels(), task.height(), task.width()), file);
            float[] expected = network.logits(images, Mode.EVALUATION);
            try (OnnxPredictor predictor = OnnxPredictor.open(file)) {
                for (int batch : List.of(1, 2, 7, MANY)) {
                    int count = batch == 1 ? 3 : batch == 2 ? 6 : batch;
                    for (int first = 0; first < count; first += batch) {
                        Images asked = images.range(first, first + batch);
                        int size = task.classes();
                        float[] known = Arrays.copyOfRange(expected, first * size, (first + batch) * size);
                        Near.require(
                                known,
                                predictor.logits(asked.pixels(), batch),
                                "the logits of the network from its ONNX form, in batches of " + batch);
                    }
                }
            }
        } finally {
            Files.deleteIfExists(file);
        }
    }

    private static float[] inBatches(Network network, Images images, int size) {
        float[] all = new float[0];
        for (int first = 0; first < images.count(); first += size) {
            float[] some = network.logits(images.range(first, Math.min(first + size, images.count())), Mode.EVALUATION);
            int before = all.length;
            all = Arrays.copyOf(all, before + some.length);
            System.arraycopy(some, 0, all, before, some.length);
        }
        return all;
    }
}
