package io.catwalk.runner.cli;

import io.catwalk.onnx.runtime.MetadataKeys;
import io.catwalk.onnx.runtime.OnnxMetadata;
import io.catwalk.onnx.runtime.OnnxOptions;
import io.catwalk.onnx.runtime.OnnxPredictor;
import io.catwalk.onnx.runtime.Preprocessing;
import io.catwalk.onnx.runtime.Scores;
import io.catwalk.onnx.runtime.Signature;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.data.Fit;
import io.catwalk.runner.data.ImagePixels;
import io.catwalk.runner.data.ImageSize;
import io.catwalk.runner.evaluation.Predictions;
import io.catwalk.runner.trial.PrivateFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Labels images with an ONNX file alone. */
@Command(
        name = "predict",
        description = "Label images with an ONNX file; how to prepare them stands in the file.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
final class PredictCommand implements Callable<Integer> {

    private static final int SHOWN = 3;

    @Spec
    private CommandSpec spec;

    @Parameters(index = "0", paramLabel = "MODEL.onnx", description = "The file.")
    private Path file = Path.of("");

    @Parameters(
            index = "1..*",
            arity = "1..*",
            paramLabel = "IMAGE",
            description = "Image files: PNG, JPEG, GIF, BMP, TIFF or WebP.")
    private List<Path> images = List.of();

    @Option(
            names = "--fit",
            paramLabel = "stretch|crop|pad",
            description = "How images of another size come to that of the network. Default: as the file says; one that "
                    + "says nothing takes no other size")
    private @Nullable String fit;

    @Option(
            names = "--labels",
            paramLabel = "A,B,...",
            split = ",",
            description = "Names of the classes in the order of the outputs, for a file without.")
    private List<String> labels = List.of();

    @Option(names = "--classes-by-index", description = "Take --labels by their places where the file has other names.")
    private boolean byIndex;

    @Mixin
    private FileOptions options;

    @Option(names = "--json", description = "Print JSON.")
    private boolean json;

    @Mixin
    private ForeignFile foreign;

    @Override
    public Integer call() throws IOException, InterruptedException {
        return foreign.run(spec, file, this::label);
    }

    private int label() {
        Console console = new Console(spec);
        PrivateFolder.claim();
        try (OnnxPredictor predictor =
                OnnxPredictor.open(file, OnnxOptions.standard().withThreads(1), options.hints())) {
            ForeignFile.sign(console);
            Signature signature = predictor.signature();
            List<String> names = names(predictor.metadata(), signature);
            options.requireSize(file, signature);
            Preprocessing preprocessing = options.preprocessing(file, predictor);
            Fit fit = fit(predictor.metadata());
            List<Map<String, Object>> answers = new ArrayList<>();
            for (Path image : images) {
                byte[] pixels = ImagePixels.read(
                        image, signature.channels(), new ImageSize(signature.width(), signature.height()), fit);
                float[] logits = predictor.logits(preprocessing.normalize(pixels), 1);
                ForeignFile.sign(console);
                double[] probabilities = probabilities(predictor.scores(), logits);
                answers.add(answer(image, names, probabilities));
                if (!json) {
                    print(image, names, probabilities, console);
                }
            }
            if (json) {
                console.json(answers);
            }
        }
        return ExitCode.DONE;
    }

    /** Takes the softmax, unless the file ends with one. */
    private static double[] probabilities(Scores scores, float[] numbers) {
        return switch (scores) {
            case LOGITS -> new Predictions(numbers.length, new int[] {0}, numbers).probabilities(0);
            case PROBABILITIES ->
                IntStream.range(0, numbers.length).mapToDouble(i -> numbers[i]).toArray();
        };
    }

    private @Nullable Fit fit(OnnxMetadata metadata) {
        String said = fit != null ? fit : metadata.get(MetadataKeys.FIT).orElse(null);
        return said == null ? null : Fit.parse(said);
    }

    private List<String> names(OnnxMetadata metadata, Signature signature) {
        List<String> names = labels.isEmpty()
                ? metadata.labels()
                        .orElseThrow(() -> new RequestException(file
                                + ": expected the names of the classes in the metadata, found none; give them with "
                                + "--labels"))
                : labels;
        if (names.size() != signature.classes()) {
            throw new RequestException(
                    file + ": expected " + signature.classes() + " labels, found " + names.size() + "; check --labels");
        }
        List<String> ofFile = metadata.labels().orElse(names);
        if (!byIndex && !ofFile.equals(names)) {
            if (!Set.copyOf(ofFile).equals(Set.copyOf(names))) {
                throw new RequestException(file + ": expected the classes that it names (" + String.join(", ", ofFile)
                        + "), found others in --labels; leave it out, or give --classes-by-index to rename them");
            }
            return distinct(ofFile); // the same names in another order: the file knows which output is which
        }
        return distinct(names);
    }

    /** Numbers all names if two are the same, so that an answer tells which class it means. */
    private static List<String> distinct(List<String> names) {
        return Set.copyOf(names).size() == names.size()
                ? names
                : IntStream.range(0, names.size())
                        .mapToObj(i -> i + ": " + names.get(i))
                        .toList();
    }

    private static Map<String, Object> answer(Path image, List<String> names, double[] probabilities) {
        Map<String, Object> byName = new LinkedHashMap<>();
        for (int i = 0; i < probabilities.length; i++) {
            byName.put(names.get(i), probabilities[i]);
        }
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("image", image.toString());
        answer.put("label", names.get(ranking(probabilities).get(0)));
        answer.put("probabilities", byName);
        return answer;
    }

    private static void print(Path image, List<String> names, double[] probabilities, Console console) {
        List<String> best = ranking(probabilities).stream()
                .limit(SHOWN)
                .map(i -> String.format(Locale.ROOT, "%s %.1f %%", names.get(i), probabilities[i] * 100))
                .toList();
        console.item(image + ": ", String.join(", ", best));
    }

    private static List<Integer> ranking(double[] probabilities) {
        return IntStream.range(0, probabilities.length)
                .boxed()
                .sorted(Comparator.comparingDouble((Integer i) -> -probabilities[i]))
                .toList();
    }
}
