package io.catwalk.runner.packaging;

import io.catwalk.onnx.file.ModelFiles;
import io.catwalk.onnx.parity.Parity;
import io.catwalk.onnx.runtime.ImageInput.Layout;
import io.catwalk.onnx.runtime.MetadataKeys;
import io.catwalk.onnx.runtime.OnnxMetadata;
import io.catwalk.onnx.runtime.OnnxPredictor;
import io.catwalk.onnx.runtime.Signature;
import io.catwalk.runner.AtomicFiles;
import io.catwalk.runner.Json;
import io.catwalk.runner.PackedFiles;
import io.catwalk.runner.Reasons;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.TextEscaping;
import io.catwalk.runner.data.ImageDataset;
import io.catwalk.runner.data.ImageSource;
import io.catwalk.runner.data.Sha256;
import io.catwalk.runner.evaluation.Predictions;
import io.catwalk.runner.report.ModelCard;
import io.catwalk.runner.report.Png;
import io.catwalk.runner.runtimes.Runner;
import io.catwalk.runner.runtimes.Runner.Example;
import io.catwalk.runner.trial.ModelSignature;
import io.catwalk.runner.trial.Software;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

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

    /** The columns of what the recipient reads. */
    private static final int COLUMNS = 80;

    /** Metadata that identifies a model and is on its card. */
    private static final List<String> IDENTITY = List.of("dataset_sha256", "plugin_sha256", "split_sha256");

    private static final Pattern PICTURE = Pattern.compile("(?m)^!\\[[^]]*]\\([^)]*\\)\\n\\n?");

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
        Files.writeString(draft.resolve("MODEL_CARD.md"), card());
        String labels = String.join("\n", dataset.classes()) + "\n";
        Files.writeString(draft.resolve("labels.txt"), labels);
        Files.writeString(draft.resolve("synset.txt"), labels);
        // DJL Serving loads the folder, with tensors as input and output.
        Files.writeString(
                draft.resolve("serving.properties"),
                "# Tensors as model.signature.json says; the classes stand in synset.txt.\nengine=OnnxRuntime\n");
        Files.writeString(draft.resolve("README.md"), readme(draft));
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
        return shape.stream()
                .skip(any ? 1 : 0)
                .map(size -> size instanceof String ? "-1" : size.toString())
                .collect(Collectors.joining(", "));
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

    /** Adds the programs of the runtimes that can read the main file, and describes the content of the folder. */
    private String readme(Path folder) throws IOException {
        StringBuilder programs = new StringBuilder();
        StringBuilder leftOut = new StringBuilder();
        try (OnnxPredictor main = OnnxPredictor.open(folder.resolve(files.get(0).file()));
                OnnxPredictor anySize = OnnxPredictor.open(folder.resolve(PackagedModel.ANY_SIZE))) {
            for (Runner runner : runners) {
                Example example = runner.example().orElse(null);
                if (example == null) {
                    continue;
                }
                // Of OpenCV's, which computes no size; all others run the file for any size.
                OnnxPredictor run = example.run().contains("model.onnx") ? main : anySize;
                String unknown = runner.unknown(run.operators()).orElse(null);
                if (unknown == null) {
                    runner.copy(example, folder);
                    programs.append("\n### " + runner.runtime() + "\n\n```sh\n" + example.install() + "\n"
                            + example.run() + "\n```\n");
                } else {
                    String why = runner.runtime() + " has no program here: it does not support `" + unknown
                            + "`. It needs a file that was exported with `catwalk export --unroll-recurrent --batch 1`, without --any-size.";
                    leftOut.append('\n')
                            .append(String.join("\n", Reasons.wrapped("", "", why, COLUMNS)))
                            .append('\n');
                }
            }
        }
        String list = files.stream()
                .map(file -> "`" + file.file() + "`: " + file.purpose() + ".")
                .flatMap(item -> Reasons.wrapped("- ", "  ", item, COLUMNS).stream())
                .collect(Collectors.joining("\n"));
        return PackedFiles.text(ModelPackage.class, "README.md")
                .replace("{name}", TextEscaping.markdown(name))
                .replace("{dataset}", TextEscaping.markdown(dataset.name()))
                .replace("{files}", list)
                .replace("{programs}", programs)
                .replace("{left-out}", leftOut);
    }

    /** Returns the card that lies beside one of the files, or else writes a new one, as Markdown. */
    private String card() throws IOException {
        OnnxMetadata metadata = OnnxMetadata.read(files.get(0).source());
        for (PackagedModel file : files) {
            String beside = ModelCard.textBeside(file.source());
            if (beside != null && isOf(metadata, beside)) {
                String from = String.valueOf(file.source().getFileName());
                // The package contains no pictures.
                return PICTURE.matcher(beside).replaceAll("").replace(from, file.file()) + inBytes();
            }
        }
        return made(metadata) + inBytes();
    }

    /** Describes how the 8-bit file compared with the float file; empty if none is packed. */
    private String inBytes() {
        StringBuilder text = new StringBuilder();
        for (PackagedModel file : files) {
            String verdict = file.verdict();
            if (verdict != null) {
                text.append("\n## In 8 bits\n\n`" + file.file() + "`: " + TextEscaping.markdown(verdict) + ".\n");
            }
        }
        return text.toString();
    }

    private static boolean isOf(OnnxMetadata metadata, String card) {
        return IDENTITY.stream()
                .allMatch(key -> metadata.get(MetadataKeys.PROVENANCE + key)
                        .filter(digest -> card.contains("`" + digest + "`"))
                        .isPresent());
    }

    private String made(OnnxMetadata metadata) {
        StringBuilder text = new StringBuilder("# " + TextEscaping.markdown(name) + "\n\n"
                + "An image classifier, trained with Catwalk. There was no card beside the file, so these are the\n"
                + "entries of its metadata.\n\n| key | value |\n|---|---|\n");
        metadata.entries().forEach((key, value) -> {
            String shown = TextEscaping.markdown(value.replace("\n", ", "));
            text.append(TextEscaping.markdownRow(List.of(TextEscaping.markdown(key), shown)));
        });
        return text.toString();
    }

    /** A few test images with which the recipient of a model checks that it answers as it should. */
    private static final class Samples {

        private static final String FOLDER = "samples";

        private static final int MOST = 10;

        private static final int MOST_OF_A_CLASS = 2;

        private final List<String> classes;
        private final ImageSource images;
        private final List<String> files = new ArrayList<>();

        /** Takes the first one or two images of each class, or of some classes, whatever a network predicts. */
        Samples(ImageDataset dataset) {
            classes = dataset.classes();
            int each = Math.max(1, Math.min(MOST_OF_A_CLASS, MOST / classes.size()));
            int[] labels = dataset.test().labels();
            int[] present = IntStream.of(labels).distinct().sorted().toArray();
            int[] chosen = IntStream.of(ImageSource.evenlySpaced(present, MOST))
                    .flatMap(label -> IntStream.range(0, labels.length)
                            .filter(image -> labels[image] == label)
                            .limit(each))
                    .toArray();
            images = dataset.test().select(chosen);
            for (int i = 0; i < images.size(); i++) {
                files.add(String.format(Locale.ROOT, "%s/%02d-%s.png", FOLDER, i + 1, inFileName(label(i))));
            }
        }

        /** Keeps only letters and digits that every file system and program can handle. */
        private static String inFileName(String label) {
            String plain = label.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
            return plain.length() > 40 ? plain.substring(0, 40) : plain;
        }

        int size() {
            return images.size();
        }

        private String label(int image) {
            return classes.get(images.labels()[image]);
        }

        byte[] pixels() {
            return images.read(0, images.size());
        }

        /** The content of {@code expected.json}; a logit of an 8-bit file may differ by more than the tolerance. */
        private record Expected(int schema, String runtime, double tolerance, List<Image> images) {}

        /** A sample, by its path, with its true class and the answers of the ONNX files by their names. */
        private record Image(String image, String label, Map<String, Answer> answers) {}

        /** The most probable class, its probability, and one logit for each class. */
        private record Answer(String label, double probability, List<Float> logits) {}

        /** Writes the images, and what each ONNX file answers. */
        void write(Path folder, Map<String, float[]> logits) throws IOException {
            Files.createDirectory(folder.resolve(FOLDER));
            for (int i = 0; i < size(); i++) {
                Files.write(folder.resolve(files.get(i)), Png.of(images.image(i)));
            }
            Map<String, Predictions> predictions = new LinkedHashMap<>();
            logits.forEach((file, all) -> predictions.put(file, new Predictions(classes.size(), images.labels(), all)));
            List<Image> expected = new ArrayList<>();
            for (int i = 0; i < size(); i++) {
                Map<String, Answer> answers = new LinkedHashMap<>();
                for (Map.Entry<String, Predictions> of : predictions.entrySet()) {
                    answers.put(of.getKey(), answer(of.getValue(), i));
                }
                expected.add(new Image(files.get(i), label(i), answers));
            }
            String runtime = "ONNX Runtime " + Software.current().onnxruntime() + " for Java";
            Files.writeString(
                    folder.resolve(FOLDER).resolve("expected.json"),
                    Json.JSON.writeValueAsString(new Expected(1, runtime, Parity.TOLERANCE, expected)) + "\n");
        }

        private Answer answer(Predictions predictions, int image) {
            int best = predictions.predicted()[image];
            List<Float> logits = new ArrayList<>();
            for (int c = 0; c < classes.size(); c++) {
                logits.add(predictions.logits()[image * classes.size() + c]);
            }
            return new Answer(classes.get(best), predictions.probabilities(image)[best], logits);
        }
    }

    /**
     * An ONNX file of Catwalk that goes into a package.
     *
     * @param file its name in the package, such as {@code model.int8.onnx}
     * @param purpose what it is for, in words
     */
    public record PackagedModel(String file, Path source, String purpose) {

        static final String ANY_SIZE = "model.pixels.onnx";

        /** Key under which a quantized file names the float file that it was made from. */
        private static final String FLOAT_SHA256 = MetadataKeys.QUANTIZATION + "float_sha256";

        /** Packs the file that the programs of the package run. */
        public static PackagedModel main(Path source, boolean takesPixels) {
            return new PackagedModel(
                    "model.onnx",
                    source,
                    takesPixels ? "takes pixels and normalizes them itself" : "takes normalized floats");
        }

        /** Packs the file that resizes images itself, beside one that does not. */
        public static PackagedModel ofAnySize(Path source) {
            return new PackagedModel(
                    ANY_SIZE,
                    source,
                    "the same network, takes the bytes of images of any size and resizes and normalizes them itself");
        }

        /** Packs the 8-bit version of another file that is packed; refuses one in float, or of another file. */
        public static PackagedModel inBytes(Path source, Path floats) throws IOException {
            String madeOf = OnnxMetadata.read(source).get(FLOAT_SHA256).orElse(null);
            if (madeOf == null) {
                throw new RequestException(
                        source + ": expected a file in 8 bits that Catwalk wrote, found none: write it with "
                                + "catwalk quantize " + floats);
            }
            String found = Sha256.of(floats);
            if (!madeOf.equals(found)) {
                throw new RequestException(source + ": expected the 8-bit file of " + floats + " (sha256 "
                        + found.substring(0, 12) + "), found that of another file ("
                        + madeOf.substring(0, Math.min(12, madeOf.length()))
                        + "): write it again with catwalk quantize, or move it away");
            }
            return new PackagedModel("model.int8.onnx", source, "the same network in 8 bits, for ONNX Runtime");
        }

        /** Returns what was found when an 8-bit file was compared with its float file; null for other files. */
        @Nullable
        String verdict() {
            return OnnxMetadata.read(source)
                    .get(MetadataKeys.QUANTIZATION + "verdict")
                    .orElse(null);
        }

        /** Refuses a file of another program, or in 8 bits: its metadata lacks what the recipient must know. */
        public static OnnxMetadata requireOwnFloats(Path file) {
            OnnxMetadata metadata = OnnxMetadata.read(file);
            String missing = metadata.labels().isEmpty()
                    ? "no class names"
                    : metadata.preprocessing().isEmpty()
                            ? "no normalization of pixels"
                            : metadata.under(MetadataKeys.PROVENANCE).isEmpty() ? "no provenance" : null;
            if (missing != null) {
                throw new RequestException(file + ": expected a file that Catwalk exported, found " + missing
                        + " in the metadata: name a trial, or a file that catwalk export wrote");
            }
            ModelFiles.requireWeightsInside(file);
            if (metadata.get(FLOAT_SHA256).isPresent()) {
                throw new RequestException(
                        file + ": expected the float file, found one in 8 bits: name the float file, and "
                                + "this one with --int8");
            }
            return metadata;
        }

        /** Describes the file after it was copied to its place. */
        ModelSignature signature(Path place, OnnxPredictor predictor) {
            requireOneAtOnce(source, predictor);
            return ModelSignature.stated(
                    place, predictor, predictor.metadata().preprocessing().orElseThrow());
        }

        /** Refuses a file that the programs cannot run. */
        public static void requireOneAtOnce(Path source, OnnxPredictor predictor) {
            Signature signature = predictor.signature();
            if ((signature.layout() != Layout.NCHW && !predictor.resizes()) || signature.batch() > 1) {
                throw new RequestException(
                        source + ": expected a file that takes one image, or any number, found one that takes "
                                + signature.batch() + " at once: export it without --batch");
            }
        }
    }
}
