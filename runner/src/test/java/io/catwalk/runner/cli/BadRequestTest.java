package io.catwalk.runner.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.catwalk.runner.data.TinyImages;
import io.catwalk.runner.plugin.TestPlugin;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests that cannot be carried out: exit code 2, one line that helps, and nothing created or lost. */
@Tag("tiny")
final class BadRequestTest {

    @TempDir
    private static Path shared;

    private static Path plugins;

    @TempDir
    private Path folder;

    private Path images;
    private Path out;

    @BeforeAll
    static void pack() throws IOException {
        plugins = Files.createDirectory(shared.resolve("plugins"));
        TestPlugin.having("conv-maxpool", "", """
                        @Override public SearchSpace searchSpace() {
                            return SearchSpace.none().with("filters", 4, 8).with("dense", 16, 32);
                        """).write(plugins.resolve("conv-maxpool.jar"));
        TestPlugin.sound("lstm").write(plugins.resolve("lstm.jar"));
    }

    @BeforeEach
    void write() throws IOException {
        images = TinyImages.write(folder.resolve("images"));
        out = folder.resolve("run");
    }

    @AfterEach
    void noRunIsMade() {
        assertThat(out).doesNotExist();
    }

    @Test
    void anUnknownClassifierListsTheKnownOnesAndTheNearest() {
        assertThat(refusal("train", "conv-maxpol"))
                .isEqualTo("no classifier is named 'conv-maxpol'; did you mean 'conv-maxpool'?"
                        + " Known are conv-maxpool, lstm");
        assertThat(refusal("compare", "lstm", "transformer"))
                .isEqualTo("no classifier is named 'transformer'. Known are conv-maxpool, lstm");
    }

    @Test
    void aClassifierWhosePluginFailedSaysWhy() throws IOException {
        Path others = Files.createDirectory(folder.resolve("plugins"));
        TestPlugin.sound("gru").write(others.resolve("one.jar"));
        TestPlugin.sound("gru").write(others.resolve("two.jar"));

        assertThat(refusal("train", "gru", "--plugins-dir", others.toString()))
                .startsWith("classifier 'gru' could not be loaded: ")
                .contains("one.jar and in two.jar");
        assertThat(refusal("compare", "--plugins-dir", others.toString()))
                .startsWith("expected at least one plugin in " + others);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    --epochs 0            | --epochs must be at least 1, but is 0
                    --batch-size -3       | --batch-size must be at least 1, but is -3
                    --batch-size 109      | batch size must be at most the number of training images, 108, but is 109 for lstm: choose smaller batches or a larger --limit-train
                    --jobs 0              | --jobs must be at least 1, but is 0
                    --threads -1          | --threads must be at least 1, but is -1
                    --device gpu          | --device must be auto, cpu or cuda, but is 'gpu'
                    --device cuda         | --device cuda needs a CUDA build of PyTorch, but found the CPU build: set PYTORCH_LIBRARY_PATH to the folder of one and PYTORCH_FLAVOR=cu128, or try --device cpu
                    --trial-timeout soon  | --trial-timeout must be a number with s, m or h, such as 30m, but is soon
                    --trial-timeout 0s    | --trial-timeout must be at least 1s, but is 0s
                    --in-process --trial-timeout 5s | --trial-timeout needs processes that can be stopped: leave --in-process out
                    --seed x              | Invalid value for option '--seed': 'x' is not a long (see catwalk train --help)
                    --epoch=3             | Unknown option: '--epoch=3'; did you mean --epochs? (see catwalk train --help)
                    --seed                | Expected parameter for option '--seed' but found '--plugins-dir' (see catwalk train --help)
                    --limit-train 5       | Validation fraction: 0.1 of 5 images in 10 classes leaves no image to validate on; try a larger fraction or more images
                    --limit-test -1       | --limit-test must be 0 (all) or above, but is -1
                    --hold-out 1          | --hold-out must be above 0 and below 1, but is 1.0
                    --image-size big      | Image size: expected WIDTHxHEIGHT in pixels, found 'big'; try 32x32
                    --set units=3         | lstm: expected the name of one number of the recipe, but found 'units' (known: optimizer.learning_rate, optimizer.weight_decay, schedule.warm_up, epochs, batch_size, label_smoothing, averaging, clip_norm, patience, augmentation)
                    --set learning_rates=1 | lstm: expected the name of one number of the recipe, but found 'learning_rates'; did you mean 'learning_rate'? (known: optimizer.learning_rate, optimizer.weight_decay, schedule.warm_up, epochs, batch_size, label_smoothing, averaging, clip_norm, patience, augmentation)
                    """)
    void anOptionOutOfItsRangeIsNamed(String options, String message) {
        List<String> command = new ArrayList<>(List.of("train", "lstm", "--batch-size", "16"));
        if (options.contains("--batch-size")) {
            command.subList(2, 4).clear();
        }
        command.addAll(List.of(options.split(" ", -1)));

        assertThat(refusal(command.toArray(String[]::new))).isEqualTo(message);
    }

    @Test
    void whatIsNeitherAHyperparameterNorANumberOfTheRecipeIsNamed() {
        assertThat(refusal("train", "conv-maxpool", "--set", "filter=8"))
                .startsWith("conv-maxpool: not one of the hyperparameters filters, dense: expected the name of"
                        + " one number of the recipe, but found 'filter'");
    }

    /** A search has three folds: two of them hold 80 of the 120 images, and a tenth of these is held out. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    crossval lstm --folds 1      | --folds must be at least 2, but is 1: try 5
                    crossval lstm --folds 0      | --folds must be at least 2, but is 0: try 5
                    crossval lstm --folds 13     | Folds: expected 2 to 12, the number of images of the smallest class, found 13; try 5
                    crossval lstm --repeats 0    | --repeats must be at least 1, and 1 without folds, but is 0
                    crossval lstm --budget soon  | --budget must be a number with s, m or h, such as 30m, but is soon
                    crossval lstm --region -1    | expected a region of practical equivalence from 0 to 100 points of accuracy, but found -1.0; try 0.5
                    tune lstm --search units     | --search units needs values to try, such as units=A,B
                    tune lstm --search batch_size= | --search batch_size=: options must be one or more distinct values of the same type, but are []: write values such as batch_size=A,B, or a range such as batch_size=LOW..HIGH
                    tune lstm --search batch_size=2,2 | --search batch_size=2,2: options must be one or more distinct values of the same type, but are [2, 2]: write values such as batch_size=A,B, or a range such as batch_size=LOW..HIGH
                    tune lstm --search batch_size=2,many | --search batch_size=2,many: options must be one or more distinct values of the same type, but are [2, many]: write values such as batch_size=A,B, or a range such as batch_size=LOW..HIGH
                    tune lstm --search batch_size=4..30 --strategy grid | expected values of batch_size for a grid, but found the range between 4 and 30: name them with --search batch_size=A,B, or search with --strategy random
                    tune lstm --search batch_size=30..4 | --search batch_size=30..4: range must be from a lower to a higher number, but is 30 to 4: write values such as batch_size=A,B, or a range such as batch_size=LOW..HIGH
                    tune lstm --search batch_size=1..7 | --search batch_size=1..7: range must hold the default 8, but is 1 to 7: write values such as batch_size=A,B, or a range such as batch_size=LOW..HIGH
                    tune lstm --search batch_size=a..b | --search batch_size=a..b: range must be from a number to a number, but is a..b: write values such as batch_size=A,B, or a range such as batch_size=LOW..HIGH
                    tune lstm --search batch_size=8,73 | batch size must be at most the number of training images, 72, but is 73 for lstm: choose smaller batches or a larger --limit-train
                    tune lstm --search batch_size=0..8 | lstm: recipe: batch_size must be at least 1, but is 0
                    tune lstm --search batch_size=8,7,6,0 --candidates 1 | lstm: recipe: batch_size must be at least 1, but is 0
                    tune lstm --search batch_size=0,8 | lstm: recipe: batch_size must be at least 1, but is 0
                    tune lstm --search epochs=1,2 --strategy grid | --search cannot vary epochs, because all candidates of a rung train equally long: set them with --score-epochs, and those of the best with --epochs
                    tune lstm --search clip_norm=0..2:log | --search clip_norm=0..2:log: logarithmic range must be above 0, but is 0.0 to 2.0: write values such as clip_norm=A,B, or a range such as clip_norm=LOW..HIGH
                    tune lstm --candidates 0     | --candidates must be at least 1, but is 0
                    tune lstm --eta 1            | expected --eta of at least 2, and at least 1 epoch and candidate, but found 1, 10 and 3
                    """)
    void whatCannotBeFoldedOrSearchedIsNamed(String command, String message) {
        List<String> words = new ArrayList<>(List.of(command.split(" ", -1)));
        words.addAll(List.of("--batch-size", "8"));

        assertThat(refusal(words.toArray(String[]::new))).isEqualTo(message);
    }

    /** Extreme and unusual numbers: the program answers at once, with its own message. */
    @ParameterizedTest
    @Timeout(20)
    @CsvSource(delimiter = '|', textBlock = """
                    train lstm --epochs 2147483647       | --epochs must be at most 100000, but is 2147483647
                    train lstm --set epochs=2147483647   | epochs of lstm must be at most 100000, but is 2147483647
                    train lstm --batch-size 2147483647   | batch size must be at most the number of training images, 108, but is 2147483647 for lstm
                    train lstm --set batch_size=2147483647 | batch size must be at most the number of training images
                    train lstm --jobs 2000000000         | --jobs must be at most 1024, but is 2000000000
                    train lstm --threads 1000            | --threads must be at most 256, but is 1000
                    train lstm --image-size 100000x100000 | Image size: expected WIDTHxHEIGHT in pixels, found '100000x100000'
                    train lstm --image-size 4097x1       | Image size: expected width and height from 1 to 4096, found 4097x1
                    train lstm --limit-train 1           | Validation fraction
                    train lstm --hold-out 1e-300         | Validation fraction
                    train lstm --hold-out NaN            | --hold-out must be above 0 and below 1, but is NaN
                    train lstm --hold-out -1e308         | --hold-out must be above 0 and below 1
                    train lstm --seed 9223372036854775808 | Invalid value for option '--seed'
                    train lstm --limit-train 2147483648  | Invalid value for option '--limit-train'
                    train lstm --limit-test -2147483648  | --limit-test must be 0 (all) or above
                    train lstm --trial-timeout 9999999999h | --trial-timeout must be a number with s, m or h
                    train lstm --set learning_rate=NaN   | lstm: recipe: optimizer.learning_rate must be above 0 and finite, but is NaN
                    train lstm --set learning_rate=1e999 | lstm: recipe: optimizer.learning_rate must be above 0 and finite, but is Infinity
                    train lstm --set weight_decay=-1e308 | lstm: recipe: optimizer.weight_decay must be
                    train lstm --set label_smoothing=1e308 | lstm: recipe: label_smoothing must be
                    train lstm --budget 9999999999h      | --budget must be a number with s, m or h
                    crossval lstm --region 1e308         | expected a region of practical equivalence from 0 to 100
                    crossval lstm --region NaN           | expected a region of practical equivalence from 0 to 100
                    crossval lstm --folds 2147483647     | --folds times --repeats must be at most 100000, but is 2147483647
                    crossval lstm --folds -2147483648    | --folds must be at least 2
                    crossval lstm --repeats 2000000000   | --folds times --repeats must be at most 100000, but is 10000000000
                    crossval lstm --folds 2 --repeats 2147483647 | --folds times --repeats must be at most 100000, but is 4294967294
                    tune lstm --search batch_size=8,2147483647 | batch size must be at most the number of training images, 72, but is 2147483647 for lstm
                    tune lstm --search batch_size=-999999999,8 | lstm: recipe: batch_size must be at least 1, but is -999999999
                    tune lstm --candidates 2147483647    | --candidates must be at most 10000
                    tune lstm --eta 2147483647           | --eta must be at most 1000
                    tune lstm --score-epochs 2147483647  | epochs of a candidate must be at most 100000
                    """)
    void anExtremeNumberIsRefusedAtOnce(String command, String message) {
        List<String> words = new ArrayList<>(List.of(command.split(" ", -1)));
        if (!command.contains("batch")) {
            words.addAll(List.of("--batch-size", "8"));
        }

        assertThat(refusal(words.toArray(String[]::new))).startsWith(message).doesNotContain("Exception");
    }

    @ParameterizedTest
    @Timeout(20)
    @CsvSource(delimiter = '|', textBlock = """
                    bench model.onnx --threads 1000       | --threads must be at most 256
                    bench model.onnx --timeout 0s         | --timeout must be at least 1s
                    predict model.onnx a.png --timeout 1e9 | --timeout must be a number with s, m or h
                    export run --batch 2147483647         | --batch must be at most 4096
                    export run --opset 2147483647         | --opset must be from
                    audit --dataset IMAGES --distance NaN | --distance must be
                    audit --dataset IMAGES --distance 1e308 | --distance must be
                    audit --limit-test -1                 | --limit-test must be 0 (all) or above
                    """)
    void anExtremeNumberOfAnotherCommandIsRefusedAtOnce(String command, String message) {
        assertThat(answered(command.replace("IMAGES", images.toString()).split(" ", -1)))
                .startsWith(message)
                .doesNotContain("Exception");
    }

    @Test
    void anExperimentFileIsReadOnlySoFar() throws IOException {
        Path huge = folder.resolve("huge.yaml");
        try (RandomAccessFile file = new RandomAccessFile(huge.toFile(), "rw")) {
            file.setLength(500L << 20);
        }

        assertThat(refusal("train", "lstm", "--config", huge.toString()))
                .isEqualTo(huge + ": expected an experiment file of at most 4 MiB, but it has 500 MiB: is it another"
                        + " file?");
    }

    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "has no such devices")
    void aDeviceOrAPipeIsNoExperimentFile() throws Exception {
        Path pipe = folder.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        for (String path : List.of("/dev/zero", "/dev/null", pipe.toString())) {
            assertThat(refusal("train", "lstm", "--config", path))
                    .isEqualTo(
                            path + ": expected a file, but found a pipe or a device: write what it says into a file");
        }
    }

    @Test
    void whatABadFileSaysReachesTheScreenAsText() throws IOException {
        Path file = Files.writeString(
                folder.resolve("odd.yaml"),
                "classifiers: [\"\\e[2J\\0" + "x".repeat(5_000) + "\"]\n",
                StandardCharsets.UTF_8);

        assertThat(refusal("compare", "--config", file.toString()))
                .matches("\\P{Cntrl}*")
                .hasSizeLessThan(1_100);
        assertThat(refusal("train", "\u001b]0;title\u0007")).startsWith("no classifier is named '\\u001b]0;title");
    }

    @Test
    void severalDataSetsAreRefusedBeforeAnyIsReadOrAFolderIsMade() {
        Path orders = folder.resolve("orders");
        String request = " lstm --dataset nowhere --dataset fashion-mnist";

        assertThat(refusal(("tune" + request).split(" ", -1)))
                .isEqualTo("a search takes one data set at a time, but there are 2: run the command once for each");
        assertThat(refusal(("compare" + request + " --orders " + orders).split(" ", -1)))
                .isEqualTo("--orders takes one data set at a time, but there are 2: run the command once for each");
        assertThat(orders).doesNotExist();
    }

    @Test
    void aRefusedRequestMakesNoFolderOfOrders() throws IOException {
        Path orders = folder.resolve("orders");
        String nowhere = folder.resolve("nowhere").toString();
        String file = Files.writeString(folder.resolve("file"), "").toString();

        assertThat(refusal("train", "lstm", "--orders", orders.toString(), "--dataset", nowhere))
                .contains("found no such folder " + nowhere);
        assertThat(orders).doesNotExist();
        for (String inTheWay : List.of(file, file + "/orders")) {
            assertThat(refusal("train", "lstm", "--orders", inTheWay))
                    .isEqualTo("expected a folder that can be written, but " + inTheWay + " cannot (" + file
                            + " is no folder): choose another with --orders");
        }
    }

    /** An option with an optional value takes it only with =. */
    @Test
    void theWordAfterAnOptionIsNotItsValue() {
        String nowhere = folder.resolve("nowhere").toString();

        assertThat(refusal("compare", "--same-machine", "gru", "lstm")).startsWith("no classifier is named 'gru'");
        assertThat(answered("resume", "--same-machine", nowhere)).endsWith("but " + nowhere + " does not exist");
        assertThat(answered("data", "--skip-unreadable", nowhere)).contains("found no such folder " + nowhere);
        assertThat(answered("data", "--skip-unreadable=many", nowhere)).contains("'many' is not a double");
    }

    @Test
    void aBudgetNeedsProcesses() {
        assertThat(refusal("train", "lstm", "--in-process", "--budget", "1h"))
                .isEqualTo("--budget needs processes that can be stopped: leave --in-process out");
    }

    @Test
    void anUnknownCommandSuggestsTheNearest() {
        Catwalk.Answer answer = Catwalk.run("lisst");
        assertThat(answer.exitCode()).isEqualTo(ExitCode.BAD_REQUEST);
        assertThat(answer.err())
                .isEqualToIgnoringNewLines(
                        "catwalk: Unmatched argument at index 0: 'lisst'; did you mean list or crossval? (see catwalk --help)");
    }

    @Test
    void noCommandShowsWhichThereAre() {
        Catwalk.Answer answer = Catwalk.run();
        assertThat(answer.exitCode()).isEqualTo(ExitCode.BAD_REQUEST);
        assertThat(answer.out()).contains("compare", "train", "evaluate", "audit", "list", "doctor");
    }

    @Test
    void aMissingDataFolderIsNamed() {
        assertThat(refusal(
                        "train", "lstm", "--dataset", folder.resolve("nowhere").toString()))
                .contains("found no such folder " + folder.resolve("nowhere"));
    }

    @Test
    void missingFilesOfTheKnownDataSetAreNamed() {
        // No launcher has set the data folder.
        assertThat(refusal("train", "lstm", "--dataset", "fashion-mnist")).contains("found no such folder");
    }

    @ParameterizedTest
    @ValueSource(strings = {"magic", "short", "long", "label", "counts", "gzip", "missing"})
    void aBrokenIdxFileIsNamed(String fault) throws IOException {
        String file = breakIdx(fault);

        assertThat(refusal("train", "lstm", "--batch-size", "16"))
                .contains(images.resolve(file).toString())
                .contains("expected")
                .contains("found");
    }

    private String breakIdx(String fault) throws IOException {
        String pictures = "train-images-idx3-ubyte";
        String labels = "train-labels-idx1-ubyte";
        Path file = images.resolve(pictures);
        byte[] bytes = Files.readAllBytes(file);
        byte[] answers = Files.readAllBytes(images.resolve(labels));
        switch (fault) {
            case "magic" -> {
                bytes[3] = 7;
                Files.write(file, bytes);
            }
            case "short" -> Files.write(file, Arrays.copyOf(bytes, bytes.length - 1));
            case "long" -> Files.write(file, Arrays.copyOf(bytes, bytes.length + 1));
            case "label" -> {
                Files.writeString(images.resolve("classes.txt"), "one\ntwo\n");
                return labels;
            }
            case "counts" -> {
                answers[7]--;
                Files.write(images.resolve(labels), Arrays.copyOf(answers, answers.length - 1));
                return labels;
            }
            case "gzip" -> {
                Files.delete(file);
                Files.write(images.resolve(pictures + ".gz"), new byte[] {31, (byte) 139, 8, 0, 0});
                return pictures + ".gz";
            }
            default -> Files.delete(file);
        }
        return pictures;
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            empty  | cat
            broken | two.png
            mixed  | two.png
            none   | Class cat
            """)
    void aBrokenImageFolderIsNamed(String fault, String where) throws IOException {
        Path pictures = folder.resolve("pictures");
        for (String part : List.of("train", "test")) {
            for (String name : List.of("cat", "dog")) {
                Path place = Files.createDirectories(pictures.resolve(part).resolve(name));
                picture(place.resolve("one.png"), 4);
                picture(place.resolve("two.png"), 4);
            }
        }
        Path two = pictures.resolve("train/dog/two.png");
        switch (fault) {
            case "empty" -> {
                Files.delete(pictures.resolve("train/cat/one.png"));
                Files.delete(pictures.resolve("train/cat/two.png"));
            }
            case "broken" -> Files.writeString(two, "no picture");
            case "mixed" -> picture(two, 5);
            default -> {
                try (Stream<Path> all = Files.walk(pictures.resolve("test"))) {
                    for (Path path : all.sorted((a, b) -> b.compareTo(a)).toList()) {
                        Files.delete(path);
                    }
                }
            }
        }

        assertThat(refusal("train", "lstm", "--batch-size", "1", "--dataset", pictures.toString()))
                .contains(where)
                .containsAnyOf("expected", "try --image-size");
    }

    private static void picture(Path file, int side) throws IOException {
        ImageIO.write(new BufferedImage(side, side, BufferedImage.TYPE_BYTE_GRAY), "png", file.toFile());
    }

    @Test
    void aRunFolderThatIsNoneIsNamed() throws IOException {
        assertThat(answered("evaluate", folder.resolve("nowhere").toString()))
                .isEqualTo("expected a run folder with an experiment.yaml, but " + folder.resolve("nowhere")
                        + " does not exist");
        assertThat(answered("evaluate", images.toString()))
                .isEqualTo("expected a run folder with an experiment.yaml, but " + images + " has none");
        Files.writeString(images.resolve("experiment.yaml"), "schema: {", StandardCharsets.UTF_8);
        assertThat(answered("evaluate", images.toString()))
                .startsWith("expected an experiment in " + images.resolve("experiment.yaml")
                        + ", but the value of schema is missing or wrong: ");
    }

    @Test
    void theStackTraceIsShownOnlyWhenAsked() {
        assertThat(answered("evaluate", folder.resolve("nowhere").toString())).doesNotContain("Exception");
        // The log goes to the real standard error, so a process of its own is needed.
        assertThat(verbose("evaluate", "--verbose", "nowhere"))
                .contains("io.catwalk.runner.RequestException: expected a run folder")
                .contains("\tat io.catwalk.runner");
        assertThat(verbose("evaluate", "nowhere")).hasLineCount(1);
    }

    private String verbose(String... command) {
        try {
            Catwalk.Answer answer = Catwalk.finish(Catwalk.process(folder, command));
            assertThat(answer.exitCode()).isEqualTo(ExitCode.BAD_REQUEST);
            assertThat(answer.out()).isEmpty();
            return answer.err();
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Runs a command with the tiny data and plugins, unless it names others, and returns its one line. */
    private String refusal(String... command) {
        List<String> whole = new ArrayList<>(List.of(command));
        if (!whole.contains("--plugins-dir")) {
            whole.addAll(List.of("--plugins-dir", plugins.toString()));
        }
        if (!whole.contains("--dataset")) {
            whole.addAll(List.of("--dataset", images.toString()));
        }
        whole.addAll(List.of("--out", out.toString()));
        return answered(whole.toArray(String[]::new));
    }

    private static String answered(String... command) {
        Catwalk.Answer answer = Catwalk.run(command);
        assertThat(answer.err()).startsWith("catwalk: ").hasLineCount(1);
        assertThat(answer.out()).isEmpty();
        assertThat(answer.exitCode()).isEqualTo(ExitCode.BAD_REQUEST);
        return answer.err().strip().substring("catwalk: ".length());
    }
}
