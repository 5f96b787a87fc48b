package io.catwalk.runner.packaging;

import io.catwalk.onnx.runtime.OnnxPredictor;
import io.catwalk.runner.AtomicFiles;
import io.catwalk.runner.data.ImageDataset;
import io.catwalk.runner.data.Sha256;
import io.catwalk.runner.runtimes.Runner;
import io.catwalk.runner.trial.ModelSignature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A folder for the recipient of a model: its files, samples with the expected answers, and a short program for each
 * runtime.
 *
 * @param files of the model, the main one first
 * @param dataset source of the samples, its classes in the order of the outputs
 */
public record ModelPackage(String name, List<PackagedModel> files, ImageDataset dataset, List<Runner> runners) {

    /** Largest batch of Triton. */
    private static final int MOST_AT_ONCE = 64;

    /** How long Triton waits to fill a batch, in microseconds. */
    private static final int LONGEST_WAIT = 500;

    /** Writes the whole folder, which does not exist yet or is empty, or nothing. */
    public void write(Path folder) throws IOException {
        AtomicFiles.writeFolder(folder, this::fill);
    }

    private void fill(Path draft) throws IOException {
        Samples samples = new Samples(dataset);
        Map<String, float[]> logits = new LinkedHashMap<>();
        for (PackagedModel file : files) {
            logits.put(file.file(), add(file, samples, draft));
        }
        samples.write(draft, logits);
        Files.writeString(draft.resolve("MODEL_CARD.md"), PackageTexts.card(name, files));
        String labels = String.join("\n", dataset.classes()) + "\n";
        Files.writeString(draft.resolve("labels.txt"), labels);
        Files.writeString(draft.resolve("synset.txt"), labels);
        // DJL Serving loads the folder, with tensors as input and output.
        Files.writeString(
                draft.resolve("serving.properties"),
                "# Tensors as model.signature.json says; the classes stand in synset.txt.\nengine=OnnxRuntime\n");
        Files.writeString(draft.resolve("README.md"), PackageTexts.readme(this, draft));
        writeDigests(draft);
    }

    /** Adds a file with its signature, and runs it on the samples. */
    private float[] add(PackagedModel file, Samples samples, Path draft) throws IOException {
        Path place = draft.resolve(file.file());
        Files.copy(file.source(), place);
        try (OnnxPredictor predictor = OnnxPredictor.open(place)) {
            ModelSignature signature = file.signature(place, predictor);
            signature.write(ModelSignature.beside(place));
            if (file.equals(files.get(0))) {
                Files.writeString(draft.resolve("config.pbtxt"), triton(signature));
            }
            return predictor.logits(samples.pixels(), samples.size());
        }
    }

    /** Returns {@code config.pbtxt}: Triton batches images that arrive within half a millisecond. */
    private static String triton(ModelSignature signature) {
        boolean any = signature.input().shape().get(0) instanceof String;
        String type = signature.input().type().equals("uint8") ? "TYPE_UINT8" : "TYPE_FP32";
        return String.format(
                        Locale.ROOT,
                        """
                platform: "onnxruntime_onnx"
                max_batch_size: %d
                input [ { name: "%s" data_type: %s dims: [ %s ] } ]
                output [ { name: "%s" data_type: TYPE_FP32 dims: [ %s ] label_filename: "labels.txt" } ]
                """,
                        any ? MOST_AT_ONCE : 0,
                        signature.input().name(),
                        type,
                        sizes(signature.input().shape(), any),
                        signature.output().name(),
                        sizes(signature.output().shape(), any))
                + (any ? "dynamic_batching { max_queue_delay_microseconds: " + LONGEST_WAIT + " }\n" : "");
    }

    /** Leaves out the batch size if Triton chooses it. */
    private static String sizes(List<Object> shape, boolean any) {
        return shape.stream().skip(any ? 1 : 0).map(String::valueOf).collect(Collectors.joining(", "));
    }

    /** Writes the digests of all files, as {@code sha256sum -c} reads them. */
    private static void writeDigests(Path folder) throws IOException {
        StringBuilder lines = new StringBuilder();
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path file : (Iterable<Path>) all.filter(Files::isRegularFile).sorted()::iterator) {
                String place = folder.relativize(file).toString().replace('\\', '/');
                lines.append(Sha256.of(file)).append("  ").append(place).append('\n');
            }
        }
        Files.writeString(folder.resolve("SHA256SUMS"), lines);
    }
}
