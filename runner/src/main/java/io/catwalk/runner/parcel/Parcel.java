package io.catwalk.runner.parcel;

import io.catwalk.onnx.runtime.OnnxPredictor;
import io.catwalk.runner.WholeFolder;
import io.catwalk.runner.data.ImageDataset;
import io.catwalk.runner.runtimes.Runner;
import io.catwalk.runner.runtimes.Runner.Example;
import io.catwalk.runner.trial.ModelSignature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A folder for the recipient of a model: its files, samples with the expected answers, and a short program for each
 * runtime.
 *
 * @param name of the model, shown to people
 * @param files of the model, the main one first
 * @param dataset source of the samples, its classes in the order of the outputs
 * @param runners whose example programs are included
 */
public record Parcel(String name, List<PackedFile> files, ImageDataset dataset, List<Runner> runners) {

    /** Copies the lists. */
    public Parcel {
        files = List.copyOf(files);
        runners = List.copyOf(runners);
    }

    /**
     * Writes the whole folder, or nothing.
     *
     * @param folder does not exist yet, or is empty
     * @throws IOException if it cannot be written
     * @throws io.catwalk.runner.RequestException if the programs cannot run a file
     * @throws io.catwalk.onnx.OnnxFileException if ONNX Runtime cannot run a file
     */
    public void write(Path folder) throws IOException {
        WholeFolder.write(folder, this::fill);
    }

    private void fill(Path draft) throws IOException {
        SampleImages samples = new SampleImages(dataset);
        samples.write(draft);
        Map<String, float[]> logits = new LinkedHashMap<>();
        for (PackedFile file : files) {
            logits.put(file.file(), add(file, samples, draft));
        }
        Expected.of(samples, dataset.classes(), logits)
                .write(draft.resolve(SampleImages.FOLDER).resolve("expected.json"));
        Files.writeString(draft.resolve("MODEL_CARD.md"), FileCard.of(name, files));
        String labels = String.join("\n", dataset.classes()) + "\n";
        Files.writeString(draft.resolve("labels.txt"), labels);
        Files.writeString(draft.resolve("synset.txt"), labels);
        Files.writeString(draft.resolve("serving.properties"), ServerFiles.djl());
        Files.writeString(draft.resolve("README.md"), readme(draft));
        Sums.write(draft);
    }

    /** Adds a file with its signature, and runs it on the samples. */
    private float[] add(PackedFile file, SampleImages samples, Path draft) throws IOException {
        Path place = draft.resolve(file.file());
        Files.copy(file.source(), place);
        try (OnnxPredictor predictor = OnnxPredictor.open(place)) {
            ModelSignature signature = file.signature(place, predictor);
            signature.write(ModelSignature.beside(place));
            if (file.equals(files.get(0))) {
                Files.writeString(draft.resolve("config.pbtxt"), ServerFiles.triton(signature));
            }
            return predictor.logits(samples.pixels(), samples.size());
        }
    }

    /** Adds the programs of the runtimes that can read the main file, and describes the content of the folder. */
    private String readme(Path draft) throws IOException {
        ParcelReadme readme = new ParcelReadme(name, dataset.name(), files);
        try (OnnxPredictor predictor =
                OnnxPredictor.open(draft.resolve(files.get(0).file()))) {
            for (Runner runner : runners) {
                Example example = runner.example().orElse(null);
                if (example == null) {
                    continue;
                }
                String unknown = runner.unknown(predictor.operators()).orElse(null);
                if (unknown == null) {
                    runner.copy(example, draft);
                    readme.add(runner, example);
                } else {
                    readme.leaveOut(runner, unknown);
                }
            }
        }
        return readme.text();
    }
}
