package io.catwalk.runner.cli;

import io.catwalk.onnx.runtime.MetadataKeys;
import io.catwalk.onnx.runtime.Normalization;
import io.catwalk.onnx.runtime.OnnxMetadata;
import io.catwalk.onnx.runtime.OnnxOptions;
import io.catwalk.onnx.runtime.OnnxPredictor;
import io.catwalk.onnx.runtime.OnnxPredictor.Scores;
import io.catwalk.onnx.runtime.Signature;
import io.catwalk.runner.Json;
import io.catwalk.runner.Reasons;
import io.catwalk.runner.RequestException;
import io.catwalk.runner.Scratch;
import io.catwalk.runner.TextEscaping;
import io.catwalk.runner.data.FoundFiles;
import io.catwalk.runner.data.RasterImage;
import io.catwalk.runner.data.ResizeRule.Fit;
import io.catwalk.runner.evaluation.OriginalImages;
import io.catwalk.runner.evaluation.Predictions;
import io.catwalk.runner.given.ClassNames;
import io.catwalk.runner.trial.EngineSettings.PrivateFolder;
import io.catwalk.runner.trial.TrialFolder;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "predict", description = "Classify images with an ONNX file, which says how to preprocess them.")
final class PredictCommand extends ConsoleCommand {

    /** Largest number of values in a batch: 16 MiB as floats. */
    private static final int BATCH_NUMBERS = 4 << 20;

    private static final int MOST_AT_ONCE = 64;

    @Parameters(index = "0", paramLabel = "MODEL.onnx", description = "The file.")
    private Path file = Path.of("");

    @Parameters(
            index = "1..*",
            arity = "0..*",
            paramLabel = "IMAGE|DIR",
            description = "Image files (PNG, JPEG, GIF, BMP, TIFF or WebP), and folders, searched recursively.")
    private List<Path> images = List.of();

    @Option(names = "--from", paramLabel = "FILE|-", description = "A list of more images, a path a line; - is stdin.")
    private @Nullable Path list;

    @Option(names = "--top", paramLabel = "K", description = "How many classes to name. Default: 3; all with --json")
    private @Nullable Integer top;

    @Option(names = "--csv", description = "Print a table: image, label1, probability1, label2, ...")
    private boolean csv;

    @Option(names = "--json-lines", description = "Print a JSON object on each line.")
    private boolean jsonLines;

    @Option(
            names = "--fit",
            paramLabel = "stretch|crop|pad",
            description = "How to fit images of another size to that of the network. Default: as the file says; if it "
                    + "says nothing, they are refused")
    private @Nullable String fit;

    @Option(
            names = "--labels",
            paramLabel = "A,B,...",
            hideParamSyntax = true,
            split = ",",
            description = "Names of the classes in the order of the outputs, for a file that has none.")
    private List<String> labels = List.of();

    @Option(names = "--classes-by-index", description = "Rename the classes of the file to --labels, by index.")
    private boolean byIndex;

    @Mixin
    private FileOptions options;

    @Mixin
    private FileOptions.InputSize typedSize;

    @Option(names = "--json", description = "Print one JSON array.")
    private boolean json;

    @Mixin
    private SandboxedCommand sandbox;

    @Override
    int run() throws IOException, InterruptedException {
        PredictionView view = new PredictionView(json, jsonLines, csv, top, console);
        if (images.isEmpty() && list == null) {
            throw new RequestException("expected images: name an IMAGE or a folder, or a list of them with --from");
        }
        TrialFolder.requireOwnOnnx(file);
        List<String> arguments = sandbox.arguments();
        if (list == null || !list.toString().equals("-")) {
            return sandbox.run(file, () -> label(view), arguments, view.output());
        }
        PrivateFolder.claim();
        try (Scratch scratch = new Scratch()) {
            Path kept = scratch.file("standard-input");
            keep(System.in, kept);
            list = kept;
            List<String> changed = arguments.stream()
                    .map(one -> one.equals("-") ? kept.toString() : one.equals("--from=-") ? "--from=" + kept : one)
                    .toList();
            return sandbox.run(file, () -> label(view), changed, view.output());
        }
    }

    private int label(PredictionView view) {
        try (OnnxPredictor predictor =
                OnnxPredictor.open(file, OnnxOptions.standard(), typedSize.added(options.hints()))) {
            Signature signature = predictor.signature();
            List<String> names = names(predictor.metadata(), signature);
            typedSize.require(file, signature);
            if (predictor.resizes() && (fit != null || typedSize.isGiven())) {
                throw new RequestException(file
                        + ": expected no --fit and no --image-size, because it resizes images itself; leave them out");
            }
            if (signature.classes() < 2) {
                throw new RequestException(
                        file + ": expected scores of at least 2 classes, found one; other programs know what it means");
            }
            Normalization normalization = options.preprocessing(file, predictor).normalization();
            Fit chosen = Optional.ofNullable(fit)
                    .or(() -> predictor.metadata().get(MetadataKeys.FIT))
                    .map(Fit::parse)
                    .orElse(null);
            AtomicInteger converted = new AtomicInteger();
            Function<Path, Image> decode = path -> {
                try {
                    RasterImage image = predictor.resizes()
                            ? RasterImage.read(path)
                            : RasterImage.read(path, signature.width(), signature.height(), chosen);
                    if (image.channels() != signature.channels()) {
                        converted.incrementAndGet();
                    }
                    if (predictor.resizes()) {
                        return new Image(path, OriginalImages.answer(predictor, path.toString(), image), null);
                    }
                    byte[] pixels = image.withChannels(signature.channels()).pixels();
                    return new Image(path, normalization.normalized(pixels, 1), null);
                } catch (RequestException e) {
                    return new Image(path, new float[0], e);
                }
            };
            int batch = Math.max(1, Math.min(MOST_AT_ONCE, BATCH_NUMBERS / signature.imageSize()));
            try (Stream<Path> all = paths()) {
                Iterator<Path> paths = all.iterator();
                view.begin(names);
                int failed = 0;
                List<Image> some = next(paths, batch, decode).join();
                while (!some.isEmpty()) {
                    CompletableFuture<List<Image>> ahead = next(paths, batch, decode);
                    failed += label(some, predictor, names, view);
                    some = ahead.join();
                }
                view.end();
                if (predictor.scores() == Scores.INDEPENDENT) {
                    console.note(
                            file + " gives each class a probability by itself (a sigmoid): they need not sum to 100 %");
                }
                if (converted.get() > 0) {
                    console.note(told(converted.get(), signature.channels()));
                }
                return failed == 0 ? ExitCode.DONE : ExitCode.SOME_FAILED;
            } catch (UncheckedIOException e) {
                throw unreadable(list, e);
            }
        }
    }

    /** Streams all images, those of a list too, which is never in memory as a whole; the caller closes it. */
    private Stream<Path> paths() {
        Stream<Path> named = images.stream().flatMap(one -> Files.isDirectory(one) ? in(one).stream() : Stream.of(one));
        return list == null ? named : Stream.concat(named, listed(list));
    }

    /** Copies the output of another program to a file, which is then read as a list. */
    private static void keep(InputStream list, Path target) {
        try {
            Files.copy(list, target, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new RequestException(
                    "Cannot keep the paths from standard input in %s: %s; make room, or write them to "
                                    .formatted(target, Reasons.of(e))
                            + "a file for --from FILE",
                    e);
        }
    }

    private List<Path> in(Path folder) {
        FoundFiles found = FoundFiles.in(folder);
        if (found.images().isEmpty()) {
            throw new RequestException("%s: expected a folder with images, found none%s; check the path"
                    .formatted(folder, found.instead()));
        }
        if (!found.skipped().isEmpty()) {
            console.note(folder + ": skipped " + FoundFiles.described(found.skipped()));
        }
        return found.images();
    }

    @SuppressWarnings("StreamResourceLeak") // the reader of the paths closes the stream, and with it the file
    private static Stream<Path> listed(Path list) {
        try {
            return Files.lines(list, StandardCharsets.UTF_8)
                    .map(line -> line.replaceFirst("^\ufeff", "").strip())
                    .filter(line -> !line.isEmpty())
                    .map(PredictCommand::path);
        } catch (IOException e) {
            throw unreadable(list, new UncheckedIOException(e));
        }
    }

    private static RequestException unreadable(@Nullable Path list, UncheckedIOException e) {
        return new RequestException(
                "Cannot read the list %s, expected as text with one path a line: %s".formatted(list, Reasons.of(e)), e);
    }

    private static Path path(String line) {
        try {
            return Path.of(line);
        } catch (InvalidPathException e) {
            throw new RequestException(
                    "expected one path a line, found %s; correct the list".formatted(Reasons.quoted(line)), e);
        }
    }

    @SuppressWarnings("ArrayRecordComponent")
    private record Image(
            Path path, float[] pixels, @Nullable RequestException failure) {}

    /** Decodes the next images on all cores while earlier ones are classified. */
    private static CompletableFuture<List<Image>> next(Iterator<Path> paths, int most, Function<Path, Image> decode) {
        List<Path> some = new ArrayList<>();
        while (some.size() < most && paths.hasNext()) {
            some.add(paths.next());
        }
        return CompletableFuture.supplyAsync(
                () -> some.parallelStream().map(decode).toList());
    }

    private static String told(int converted, int channels) {
        return converted
                + (channels == 1 ? " color image" : " gray image")
                + (converted == 1 ? " was" : "s were")
                + (channels == 1 ? " converted to gray (ITU-R BT.601)" : " read as color, with equal channels");
    }

    /** Classifies the images that could be read, and counts the others; one that was named makes the command fail. */
    private int label(List<Image> some, OnnxPredictor predictor, List<String> names, PredictionView view) {
        List<Image> read = new ArrayList<>();
        for (Image image : some) {
            RequestException failure = image.failure();
            if (failure == null) {
                read.add(image);
            } else if (images.contains(image.path())) {
                throw failure;
            } else {
                console.note(String.valueOf(failure.getMessage()));
            }
        }
        if (predictor.resizes()) {
            for (Image image : read) {
                view.add(image.path(), names, probabilities(predictor.scores(), image.pixels()));
            }
        } else if (!read.isEmpty()) {
            int length = predictor.signature().imageSize();
            float[] pixels = new float[read.size() * length];
            for (int i = 0; i < read.size(); i++) {
                System.arraycopy(read.get(i).pixels(), 0, pixels, i * length, length);
            }
            float[] logits = predictor.logits(pixels, read.size());
            for (int i = 0; i < read.size(); i++) {
                float[] its = Arrays.copyOfRange(logits, i * names.size(), (i + 1) * names.size());
                view.add(read.get(i).path(), names, probabilities(predictor.scores(), its));
            }
        }
        return some.size() - read.size();
    }

    private static double[] probabilities(Scores scores, float[] numbers) {
        return scores == Scores.LOGITS
                ? new Predictions(numbers.length, new int[] {0}, numbers).probabilities(0)
                : IntStream.range(0, numbers.length)
                        .mapToDouble(i -> numbers[i])
                        .toArray();
    }

    private List<String> names(OnnxMetadata metadata, Signature signature) {
        List<String> names = labels.isEmpty()
                ? ClassNames.said(file, metadata)
                        .orElseThrow(() -> new RequestException(file
                                + ": expected the names of the classes in the metadata, found none; give them with "
                                + "--labels"))
                : labels;
        if (names.size() != signature.classes()) {
            throw new RequestException(
                    file + ": expected " + signature.classes() + " labels, found " + names.size() + "; check --labels");
        }
        List<String> ofFile = metadata.labels().orElse(names); // a file beside it may be that of another model
        if (!byIndex && !ofFile.equals(names)) {
            if (!Set.copyOf(ofFile).equals(Set.copyOf(names))) {
                throw new RequestException(file + ": expected the classes that it names (" + String.join(", ", ofFile)
                        + "), found others in --labels; leave it out, or give --classes-by-index to rename them");
            }
            return distinct(ofFile); // the same names in another order: the file knows which output is which
        }
        return distinct(names);
    }

    /** Numbers all names if two are the same, so that each answer identifies one class. */
    private static List<String> distinct(List<String> names) {
        return Set.copyOf(names).size() == names.size()
                ? names
                : IntStream.range(0, names.size())
                        .mapToObj(i -> i + ": " + names.get(i))
                        .toList();
    }

    /** Prints the labels of images, each as it arrives; only one JSON array is printed as a whole. */
    static final class PredictionView {

        private static final int SHOWN = 3;

        private enum Format {
            TEXT,
            CSV,
            JSON_LINES,
            JSON
        }

        private final Format format;
        private final int top;
        private final Console console;
        private final List<Answer> all = new ArrayList<>();

        PredictionView(boolean json, boolean jsonLines, boolean csv, @Nullable Integer top, Console console) {
            if ((json ? 1 : 0) + (jsonLines ? 1 : 0) + (csv ? 1 : 0) > 1) {
                throw new RequestException("expected one of --json, --json-lines and --csv, found several: keep one");
            }
            format = json ? Format.JSON : jsonLines ? Format.JSON_LINES : csv ? Format.CSV : Format.TEXT;
            int shown = top != null ? top : json ? Integer.MAX_VALUE : SHOWN;
            this.top = OptionParsers.within("--top", shown, Integer.MAX_VALUE);
            this.console = console;
        }

        SandboxedCommand.Output output() {
            return format == Format.JSON ? SandboxedCommand.Output.WHOLE : SandboxedCommand.Output.STREAM;
        }

        void begin(List<String> names) {
            if (format == Format.CSV) {
                console.row("image,"
                        + IntStream.rangeClosed(1, Math.min(top, names.size()))
                                .mapToObj(i -> "label" + i + ",probability" + i)
                                .collect(Collectors.joining(",")));
            }
        }

        void add(Path image, List<String> names, double[] probabilities) {
            List<Integer> best = IntStream.range(0, probabilities.length)
                    .boxed()
                    .sorted(Comparator.comparingDouble((Integer i) -> -probabilities[i]))
                    .limit(top)
                    .toList();
            switch (format) {
                case TEXT ->
                    console.item(
                            image + ": ",
                            best.stream()
                                    .map(i -> String.format(
                                            Locale.ROOT, "%s %.1f %%", names.get(i), probabilities[i] * 100))
                                    .collect(Collectors.joining(", ")));
                case CSV ->
                    console.row(TextEscaping.csvCell(image.toString()) + ","
                            + best.stream()
                                    .map(i -> TextEscaping.csvCell(names.get(i)) + "," + probabilities[i])
                                    .collect(Collectors.joining(",")));
                case JSON_LINES ->
                    console.row(Json.LINE.writeValueAsString(answer(image, names, probabilities, best, best)));
                case JSON -> {
                    Stream<Integer> ofNetwork = IntStream.range(0, names.size()).boxed();
                    List<Integer> order = best.size() < names.size() ? best : ofNetwork.toList();
                    all.add(answer(image, names, probabilities, best, order));
                }
            }
        }

        void end() {
            if (format == Format.JSON) {
                console.json(all);
            }
        }

        private record Answer(String image, String label, Map<String, Double> probabilities) {}

        private static Answer answer(
                Path image, List<String> names, double[] probabilities, List<Integer> best, List<Integer> order) {
            Map<String, Double> byName = new LinkedHashMap<>();
            order.forEach(i -> byName.put(names.get(i), probabilities[i]));
            return new Answer(image.toString(), names.get(best.get(0)), byName);
        }
    }
}
