package io.catwalk.runner.parcel;

import io.catwalk.onnx.parity.Parity;
import io.catwalk.runner.Json;
import io.catwalk.runner.evaluation.Predictions;
import io.catwalk.runner.trial.Software;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The expected answers of the files of a parcel for its samples.
 *
 * @param schema version of this format
 * @param runtime that computed the answers
 * @param tolerance how far a logit of a float file may differ on another runtime; one of an 8-bit file may differ more
 * @param images the samples
 */
record Expected(int schema, String runtime, double tolerance, List<Image> images) {

    private static final int SCHEMA = 1;

    /**
     * A sample.
     *
     * @param image its path in the parcel
     * @param label its true class
     * @param answers for it, by the names of the ONNX files
     */
    record Image(String image, String label, Map<String, Answer> answers) {}

    /**
     * The answer of a file.
     *
     * @param label the most probable class
     * @param probability of that class, from 0 to 1
     * @param logits one for each class
     */
    record Answer(String label, double probability, List<Float> logits) {}

    static Expected of(SampleImages samples, List<String> classes, Map<String, float[]> logits) {
        Map<String, Predictions> predictions = new LinkedHashMap<>();
        logits.forEach((file, all) -> predictions.put(file, new Predictions(classes.size(), samples.labels(), all)));
        List<Image> images = new ArrayList<>();
        for (int i = 0; i < samples.size(); i++) {
            Map<String, Answer> answers = new LinkedHashMap<>();
            for (Map.Entry<String, Predictions> of : predictions.entrySet()) {
                answers.put(of.getKey(), answer(of.getValue(), i, classes));
            }
            images.add(new Image(samples.file(i), samples.label(i), answers));
        }
        String runtime = "ONNX Runtime " + Software.current().onnxruntime() + " for Java";
        return new Expected(SCHEMA, runtime, Parity.TOLERANCE, images);
    }

    private static Answer answer(Predictions predictions, int image, List<String> classes) {
        int best = predictions.predicted()[image];
        List<Float> logits = new ArrayList<>();
        for (int c = 0; c < classes.size(); c++) {
            logits.add(predictions.logits()[image * classes.size() + c]);
        }
        return new Answer(classes.get(best), predictions.probabilities(image)[best], logits);
    }

    void write(Path file) throws IOException {
        Files.writeString(file, Json.JSON.writeValueAsString(this) + "\n");
    }
}
