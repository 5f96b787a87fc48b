package io.catwalk.runner.given;

import static io.catwalk.runner.Refusals.refused;
import static io.catwalk.runner.given.ColorNetwork.BYTES;
import static io.catwalk.runner.given.ColorNetwork.FLOAT;
import static io.catwalk.runner.given.ColorNetwork.HALF;
import static io.catwalk.runner.given.ColorNetwork.means;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.catwalk.runner.data.DataHome;
import io.catwalk.runner.data.FolderReading;
import io.catwalk.runner.data.HeapImages;
import io.catwalk.runner.data.ImageCache;
import io.catwalk.runner.data.ImageDataset;
import io.catwalk.runner.data.ImageSource;
import io.catwalk.runner.evaluation.Predictions;
import io.catwalk.runner.given.GivenModel.Order;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Files of other programs: each is evaluated rightly, or refused with what to state. */
@Tag("tiny")
class GivenFilesTest {

    /** Six images of 5x5, two of each class; the mean of each channel, and one image of the wrong class. */
    private static final int[][] MEANS = {
        {200, 50, 10}, {150, 100, 50}, {10, 220, 30}, {120, 110, 100}, {0, 0, 255}, {51, 102, 153}
    };

    private static final int[] LABELS = {0, 0, 1, 1, 2, 2};
    private static final List<String> CLASSES = List.of("red", "green", "blue");

    @TempDir
    Path folder;

    static ImageDataset colors(int side) {
        return new ImageDataset("colors", "0".repeat(64), CLASSES, source(side), source(side));
    }

    private static ImageSource source(int side) {
        byte[] pixels = new byte[LABELS.length * 3 * side * side];
        for (int i = 0; i < pixels.length; i++) {
            int plane = i / (side * side);
            pixels[i] = (byte) MEANS[plane / 3][plane % 3];
        }
        return HeapImages.of(3, side, side, pixels, LABELS);
    }

    private Path file(ColorNetwork network) throws IOException {
        return network.write(folder.resolve("model.onnx"));
    }

    private static GivenAnswers answers(ImageDataset dataset, GivenSource source) {
        return GivenAnswers.of(GivenModel.of(source, dataset, null), Path.of(source.file()), dataset, null);
    }

    private static Predictions scores(GivenAnswers answers) {
        return Objects.requireNonNull(answers.scores());
    }

    /** States what a file leaves open, as {@code key=value}. */
    static GivenSource source(Path file, String... settings) {
        Map<String, String> all = new HashMap<>();
        for (String setting : settings) {
            all.put(setting.split("=", 2)[0], setting.split("=", 2)[1]);
        }
        return new GivenSource(
                file.toString(),
                all.containsKey("normalize") ? TypedNormalization.parse(all.get("normalize")) : null,
                all.get("order"),
                all.get("fit"),
                all.get("labels"),
                all.get("output"),
                all.get("size"));
    }

    private static ColorNetwork named() {
        return means().labels("red", "green", "blue");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        0-1            | 0   | 1
        -1-1           | 0.5 | 0.5
        none           | 0   | 0.00392156862745098
        0.25/0.5       | 0.25 | 0.5
        {"mean": [0.5], "std": [0.25]} | 0.5 | 0.25
        """)
    void pixelsAreNormalizedAsStated(String normalize, double mean, double std) throws IOException {
        GivenAnswers answers = answers(colors(5), source(file(named()), "normalize=" + normalize));
        for (int i = 0; i < MEANS.length; i++) {
            for (int c = 0; c < 3; c++) {
                float logit = scores(answers).logits()[i * 3 + c];
                assertThat((double) logit).isCloseTo((MEANS[i][c] / 255.0 - mean) / std, within(1e-5 + logit * 1e-6));
            }
        }
        assertThat(answers.predicted().predicted()).containsExactly(0, 0, 1, 0, 2, 2);
        assertThat(answers.report().probabilities()).isFalse();
    }

    @Test
    void rawPixelsArriveExactly() throws IOException {
        GivenAnswers answers = answers(colors(5), source(file(named()), "normalize=none"));
        assertThat(Arrays.copyOf(scores(answers).logits(), 3)).containsExactly(200, 50, 10);
    }

    @Test
    void theNumbersOfImagenetBelongToColorsWhateverTheOrder() throws IOException {
        GivenAnswers rgb = answers(colors(5), source(file(named()), "normalize=imagenet"));
        GivenAnswers bgr = answers(colors(5), source(file(named()), "normalize=imagenet", "order=bgr"));
        double red = (200 / 255.0 - 0.485) / 0.229;
        double blue = (10 / 255.0 - 0.406) / 0.225;
        assertThat((double) scores(rgb).logits()[0]).isCloseTo(red, within(1e-5));
        assertThat((double) scores(rgb).logits()[2]).isCloseTo(blue, within(1e-5));
        assertThat((double) scores(bgr).logits()[0]).isCloseTo(blue, within(1e-5));
        assertThat((double) scores(bgr).logits()[2]).isCloseTo(red, within(1e-5));
    }

    @Test
    void aFileThatNormalizesBytesGetsThem() throws IOException {
        GivenSource source = source(file(named().channelsLast(BYTES, "n", 5, 5)), "normalize=imagenet");
        GivenModel model = GivenModel.of(source, colors(5), null);
        assertThat(model.mean()).isNull();
        assertThat(scores(answers(colors(5), source)).logits()).startsWith(200, 50, 10, 150, 100, 50);
    }

    @Test
    void grayImagesFillThreeChannelsAndColorsBecomeGray() throws IOException {
        byte[] pixels = {10, 20, 30, 40, (byte) 200, (byte) 200, (byte) 200, (byte) 200};
        ImageSource gray = HeapImages.of(1, 2, 2, pixels, new int[] {0, 1});
        ImageDataset dark = new ImageDataset("gray", "0".repeat(64), List.of("red", "green", "blue"), gray, gray);
        GivenSource three = source(
                file(named().input(FLOAT, "n", 3, "h", "w")), "normalize=none", "order=bgr", "labels=blue,green,red");
        assertThat(scores(answers(dark, three)).logits()).containsExactly(25, 25, 25, 200, 200, 200);

        ColorNetwork one = new ColorNetwork(new float[][] {{1, 2, 3}}, 0, 0, 0);
        GivenSource luma = source(file(one), "normalize=none", "labels=index");
        GivenModel model = GivenModel.of(luma, colors(5), null);
        assertThat(model.order()).isEqualTo(Order.GRAY);
        // 0.299 * 200 + 0.587 * 50 + 0.114 * 10 = 90.29
        assertThat(scores(answers(colors(5), luma)).logits()).startsWith(90, 180, 270);
    }

    @Test
    void probabilitiesAreFoundByTheirSumsAndZeroHasAFiniteLogarithm() throws IOException {
        GivenSource source = source(file(named().ending("Softmax")), "normalize=none");
        GivenAnswers answers = answers(colors(5), source);
        assertThat(answers.report().probabilities()).isTrue();
        // softmax(200, 50, 10) = 1, e^-150, e^-190; the smallest 32-bit number is 2^-149, and 149 ln 2 = 103.2789
        assertThat(scores(answers).logits()).startsWith(0, -103.27893f, -103.27893f);
        // softmax(150, 100, 50): e^-50
        assertThat(scores(answers).logits()[4]).isCloseTo(-50, within(1e-4f));
        assertThat(answers.predicted().predicted()).containsExactly(0, 0, 1, 0, 2, 2);
    }

    /** Their sums show nothing, but the graph does: each is a probability, of which 0 to 1 is no logit. */
    @Test
    void scoresOfASigmoidAreProbabilities() throws IOException {
        GivenAnswers answers = answers(colors(5), source(file(named().ending("Sigmoid")), "normalize=0-1"));
        assertThat(answers.report().probabilities()).isTrue();
        for (int c = 0; c < 3; c++) {
            double expected = -Math.log(1 + Math.exp(-MEANS[0][c] / 255.0));
            assertThat((double) scores(answers).logits()[c]).isCloseTo(expected, within(1e-6));
        }
    }

    @Test
    void classesMatchByNameInAnyOrderAndOthersAreLeftOut() throws IOException {
        float[][] weights = {{9, 0, 0, 1, 0}, {9, 0, 1, 0, 0}, {9, 0, 0, 0, 1}};
        ColorNetwork five = new ColorNetwork(weights, 0, 0, 0, 0, 0).labels("white", "black", "green", "red", "blue");
        GivenAnswers answers = answers(colors(5), source(file(five), "normalize=none"));
        assertThat(answers.report().otherClasses()).containsExactly("white", "black");
        assertThat(scores(answers).logits()).startsWith(200, 50, 10);
        assertThat(answers.predicted().predicted()).containsExactly(0, 0, 1, 0, 2, 2);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        labels.txt  | green~blue~red~
        classes.txt | green~ blue ~~red
        config.json | {"id2label": {"1": "blue", "2": "red", "0": "green"}, "model_type": "vit"}
        """)
    void namesLieBesideTheFile(String name, String text) throws IOException {
        Files.writeString(folder.resolve(name), text.replace('~', '\n'));
        Files.writeString(folder.resolve("config.json.bak"), "");
        GivenModel model = GivenModel.of(source(file(means()), "normalize=0-1"), colors(5), null);
        assertThat(model.classes()).containsExactly("green", "blue", "red");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
        {0: 'green', 1: 'blue', 2: 'red'}
        {0: "green", 2: 'red', 1: 'blue'}
        ['green', "blue", 'red']
        {"0": "green", "1": "blue", "2": "red"}
        green, blue,red
        """)
    void namesInOneLineAreADictionaryOfPythonAsThoseOfUltralyticsOrAList(String names) throws IOException {
        for (String key : List.of("names", "labels")) {
            ColorNetwork network = means().metadata(Map.of(key, names, "task", "classify"));
            GivenModel model = GivenModel.of(source(file(network), "normalize=0-1"), colors(5), null);
            assertThat(model.classes()).as(key).containsExactly("green", "blue", "red");
        }
    }

    /** An option for several files holds for those that say nothing themselves, in whatever form. */
    @Test
    void namesInTheMetadataCountMoreThanAnOptionForSeveralFiles() throws IOException {
        ColorNetwork network = means().metadata(Map.of("names", "{0: 'green', 1: 'blue', 2: 'red'}"));
        GivenSource options = source(folder.resolve("any.onnx"), "normalize=0-1", "labels=red,green,blue");
        GivenSource whole = source(file(network)).orUnsaid(options, CLASSES);
        assertThat(GivenModel.of(whole, colors(5), null).classes()).containsExactly("green", "blue", "red");
    }

    @Test
    void aQuoteOrACommaInANameIsPartOfIt() throws IOException {
        ColorNetwork network =
                means().metadata(Map.of("names", "{0: 'red', 1: \"it's, green\", 2: 'jack-o\\'-lantern'}"));
        ImageDataset images = colors(5);
        ImageDataset odd = new ImageDataset(
                "odd", "0".repeat(64), List.of("jack-o'-lantern", "it's, green", "red"), images.train(), images.test());
        assertThat(GivenModel.of(source(file(network), "normalize=0-1"), odd, null)
                        .classes())
                .containsExactly("red", "it's, green", "jack-o'-lantern");
    }

    @Test
    void theMetadataOfOnnxItselfSaysOrderAndRange() throws IOException {
        ColorNetwork network = named().metadata(
                        Map.of("Image.BitmapPixelFormat", "Bgr8", "Image.NominalPixelRange", "Normalized_1_1"));
        GivenModel model = GivenModel.of(source(file(network)), colors(5), null);
        assertThat(model.order()).isEqualTo(Order.BGR);
        assertThat(model.mean()).containsExactly(0.5, 0.5, 0.5);
    }

    @Test
    void itsOwnMetadataSaysHowToPrepareImages() throws IOException {
        Map<String, String> own = Map.of(
                "preprocessing.color",
                "rgb",
                "preprocessing.size",
                "5x5",
                "preprocessing.mean",
                "0.5,0.25,0",
                "preprocessing.std",
                "0.5,1,2");
        GivenSource source = source(file(named().metadata(own)));
        GivenModel model = GivenModel.of(source, colors(5), null);
        assertThat(model.mean()).containsExactly(0.5, 0.25, 0.0);
        assertThat(model.std()).containsExactly(0.5, 1.0, 2.0);
    }

    /** A run holds out a fifth of a folder of classes; a comparison of files alone asks about all of it. */
    @Test
    void aFileSaysItselfThatItWasTrainedOnTheImages() throws IOException {
        Path photos = folder.resolve("photos");
        for (int i = 0; i < 30; i++) {
            BufferedImage image = new BufferedImage(5, 5, BufferedImage.TYPE_INT_RGB);
            image.setRGB(i % 5, i / 5 % 5, 0xff << (8 * (i % 3)));
            Path kind = Files.createDirectories(photos.resolve(CLASSES.get(i % 3)));
            ImageIO.write(image, "png", kind.resolve(i + ".png").toFile());
        }
        DataHome home = new DataHome(folder, new ImageCache(folder.resolve("cache"), ImageCache.Listener.none()));
        ImageDataset learned = home.load(photos.toString(), null, FolderReading.STANDARD);
        ImageDataset all = home.load(photos.toString(), null, new FolderReading(null, 1.0, null, null));
        assertThat(all.test().size()).isEqualTo(30);
        ColorNetwork network = named().metadata(Map.of("provenance.dataset_sha256", learned.sha256()));
        GivenSource source = source(file(network), "normalize=0-1");
        assertThat(answers(all, source).report().trainedOnTestImages()).isTrue();
        assertThat(answers(learned, source).report().trainedOnTestImages()).isFalse();
        assertThat(answers(colors(5), source).report().trainedOnTestImages()).isFalse();
    }

    private interface Case {
        GivenSource in(Path folder) throws IOException;
    }

    /** Files that are odd, and are evaluated all the same: 5 of 6 images are right. */
    @TestFactory
    List<DynamicTest> oddFilesAreEvaluated() {
        Map<String, Case> cases = new LinkedHashMap<>();
        cases.put("channels last", to -> source(file(named().channelsLast(FLOAT, "n", 5, 5)), "normalize=0-1"));
        cases.put("channels last in half", to -> source(file(named().channelsLast(HALF, "n", 5, 5)), "normalize=0-1"));
        cases.put("bytes", to -> source(file(named().input(BYTES, "n", 3, 5, 5))));
        cases.put("half", to -> source(file(named().input(HALF, "n", 3, 5, 5).halfOutput()), "normalize=0-1"));
        cases.put("any size", to -> source(file(named().input(FLOAT, "n", 3, "h", "w")), "normalize=0-1"));
        cases.put("any size last", to -> source(file(named().channelsLast(FLOAT, "n", "h", "w")), "normalize=0-1"));
        cases.put(
                "batch of 1",
                to -> source(file(named().input(FLOAT, 1, 3, 5, 5).output(FLOAT, 1, 3)), "normalize=0-1"));
        cases.put(
                "batch of 8",
                to -> source(file(named().input(FLOAT, 8, 3, 5, 5).output(FLOAT, 8, 3)), "normalize=0-1"));
        cases.put(
                "batch of 4",
                to -> source(file(named().input(FLOAT, 4, 3, 5, 5).output(FLOAT, 4, 3)), "normalize=0-1"));
        cases.put("maps of one pixel", to -> source(file(named().maps()), "normalize=0-1"));
        cases.put("softmax of maps", to -> source(file(named().ending("Softmax").maps()), "normalize=0-1"));
        cases.put(
                "any size, and its own said by Ultralytics",
                to -> source(
                        file(named().input(FLOAT, "n", 3, "h", "w").metadata(Map.of("imgsz", "[5, 5]"))),
                        "normalize=0-1"));
        cases.put("softmax", to -> source(file(named().ending("Softmax")), "normalize=0-1"));
        cases.put("log softmax", to -> source(file(named().ending("LogSoftmax")), "normalize=0-1"));
        cases.put("softmax in half", to -> source(file(named().ending("Softmax").halfOutput()), "normalize=0-1"));
        cases.put("two outputs", to -> source(file(named().negative("worst")), "normalize=0-1"));
        cases.put(
                "the stated output",
                to -> source(file(named().renamed("a").negative("b")), "normalize=0-1", "output=a"));
        cases.put(
                "an unused setting",
                to -> source(file(named().input(BYTES, "n", 3, 5, 5)), "normalize=imagenet", "fit=crop", "size=9x9"));
        cases.put("labels by index", to -> source(file(means()), "normalize=0-1", "labels=index"));
        cases.put("labels in a list", to -> source(file(means()), "normalize=0-1", "labels=red, green, blue"));
        cases.put("1,001 classes", to -> source(file(many()), "normalize=0-1"));
        cases.put("a name twice beyond the data set", to -> {
            float[][] weights = {{1, 0, 0, 0, 0}, {0, 1, 0, 0, 0}, {0, 0, 1, 0, 0}};
            return source(
                    file(new ColorNetwork(weights, 0, 0, 0, 9, 9).labels("red", "green", "blue", "crane", "crane")),
                    "normalize=0-1");
        });
        return cases.entrySet().stream()
                .map(one -> DynamicTest.dynamicTest(one.getKey(), () -> {
                    GivenAnswers answers = answers(colors(5), one.getValue().in(folder));
                    assertThat(answers.predicted().predicted()).containsExactly(0, 0, 1, 0, 2, 2);
                    assertThat(answers.report().suggestion()).isNull();
                }))
                .toList();
    }

    private static ColorNetwork many() {
        float[][] weights = new float[3][1001];
        String[] names = IntStream.range(0, 1001).mapToObj(i -> "class " + i).toArray(String[]::new);
        for (int c = 0; c < 3; c++) {
            weights[c][700 + c] = 1;
            names[700 + c] = CLASSES.get(c);
        }
        return new ColorNetwork(weights, new float[1001]).labels(names);
    }

    @TestFactory
    List<DynamicTest> oddFilesAreRefusedWithWhatToState() throws IOException {
        List<DynamicTest> tests = new ArrayList<>();
        add(
                tests,
                "no normalization",
                to -> source(file(named())),
                "how its pixels are normalized",
                "state --normalize");
        add(tests, "an unknown normalization", to -> source(file(named()), "normalize=coco"), "imagenet, 0-1", "coco");
        add(tests, "two means", to -> source(file(named()), "normalize=0.5,0.5/1,1"), "3 means", "found 2");
        add(tests, "an unknown order", to -> source(file(named()), "normalize=0-1", "order=gbr"), "rgb or bgr", "gbr");
        add(
                tests,
                "no names",
                to -> source(file(means()), "normalize=0-1"),
                "names of its 3 outputs",
                "--model-labels index",
                "red, green, blue");
        add(
                tests,
                "four outputs by index",
                to -> source(file(new ColorNetwork(new float[3][4], 0, 0, 0, 0)), "normalize=0-1", "labels=index"),
                "4 outputs",
                "3 names",
                "state --model-labels");
        add(
                tests,
                "no names and more outputs",
                to -> source(file(new ColorNetwork(new float[3][4], 0, 0, 0, 0)), "normalize=0-1"),
                "names of its 4 outputs",
                "state --model-labels");
        add(
                tests,
                "a class missing",
                to -> source(file(means().labels("red", "green", "white")), "normalize=0-1"),
                "'blue'",
                "none among red, green, white");
        add(
                tests,
                "a name twice",
                to -> source(
                        file(new ColorNetwork(new float[3][4], 0, 0, 0, 0).labels("red", "green", "blue", "red")),
                        "normalize=0-1"),
                "'red'",
                "2 of that name");
        add(
                tests,
                "too few names",
                to -> source(file(many()), "normalize=0-1", "labels=red,green,blue"),
                "1001 outputs",
                "3 names");
        add(
                tests,
                "labels of no such file",
                to -> source(file(means()), "normalize=0-1", "labels=names.txt"),
                "A,B,...",
                "names.txt");
        add(
                tests,
                "a malformed dictionary",
                to -> source(file(means().metadata(Map.of("names", "{0: 'red', 7: 'blue'}"))), "normalize=0-1"),
                "names",
                "2 names");
        add(
                tests,
                "an image without batch",
                to -> source(file(named().input(FLOAT, 3, 5, 5)), "normalize=0-1"),
                "(batch, channels, height, width)",
                "(3, 5, 5)");
        add(
                tests,
                "five axes",
                to -> source(file(named().input(FLOAT, "n", 3, 8, 5, 5)), "normalize=0-1"),
                "(n, 3, 8, 5, 5)");
        add(
                tests,
                "two inputs",
                to -> source(file(named().secondInput()), "normalize=0-1"),
                "exactly one input",
                "mask");
        add(tests, "text as input", to -> source(file(named().input(8, "n", 3, 5, 5)), "normalize=0-1"), "string");
        add(
                tests,
                "whole numbers as input",
                to -> source(file(named().input(7, "n", 3, 5, 5)), "normalize=0-1"),
                "int64");
        add(
                tests,
                "text as output",
                to -> source(file(named().output(8, "n", 3)), "normalize=0-1"),
                "logits",
                "string");
        add(
                tests,
                "boxes as output",
                to -> source(file(named().output(FLOAT, "n", 84, 8400)), "normalize=0-1"),
                "(n, 84, 8400)");
        add(
                tests,
                "an open number of classes",
                to -> source(file(named().output(FLOAT, "n", "classes")), "normalize=0-1"),
                "fixed number of classes");
        add(
                tests,
                "two nameless outputs",
                to -> source(file(named().renamed("a").negative("b")), "normalize=0-1"),
                "--output a, --output b");
        add(
                tests,
                "another size said by Ultralytics",
                to -> source(
                        file(named().input(FLOAT, "n", 3, "h", "w").metadata(Map.of("imgsz", "[4, 6]"))),
                        "normalize=0-1"),
                "images of 5x5",
                "6x4");
        add(
                tests,
                "64-bit numbers as input",
                to -> source(file(named().input(11, "n", 3, 5, 5)), "normalize=0-1"),
                "double",
                "convert it to float32");
        add(
                tests,
                "no such output",
                to -> source(file(named()), "normalize=0-1", "output=probs"),
                "output probs",
                "logits");
        add(
                tests,
                "two channels",
                to -> source(file(new ColorNetwork(new float[2][3], 0, 0, 0)), "normalize=0-1", "labels=index"),
                "1 or 3 channels");
        add(
                tests,
                "another size of IDX",
                to -> source(file(named().input(FLOAT, "n", 3, 9, 9)), "normalize=0-1"),
                "5x5",
                "9x9");
        add(
                tests,
                "batches that differ",
                to -> source(file(named().output(FLOAT, 2, 3)), "normalize=0-1"),
                "one row of logits per image");
        add(
                tests,
                "an answer that is no number",
                to -> source(file(named().ending("Sqrt").ending("Neg").ending("Sqrt")), "normalize=-1-1"),
                "finite answers",
                "NaN",
                "image 0");
        add(
                tests,
                "an infinite answer",
                to -> source(
                        file(new ColorNetwork(new float[][] {{3e38f, 0, 0}, {3e38f, 0, 0}, {3e38f, 0, 0}}, 0, 0, 0)
                                .labels("red", "green", "blue")),
                        "normalize=none"),
                "finite answers",
                "Infinity");
        add(
                tests,
                "a shape that is not what it says",
                to -> source(
                        file(named().input(FLOAT, "n", 3, 5, 5).output(FLOAT, "n", 5)),
                        "normalize=0-1",
                        "labels=a,b,red,green,blue"),
                "model.onnx");
        add(tests, "no such file", to -> source(folder.resolve("none.onnx"), "normalize=0-1"), "no such file");
        add(tests, "a folder", to -> source(Files.createDirectory(folder.resolve("dir.onnx"))), "that is a folder");
        add(
                tests,
                "a text",
                to -> source(Files.writeString(folder.resolve("text.onnx"), "no model")),
                "another format");
        add(tests, "another ending", to -> source(Files.writeString(folder.resolve("model.pt"), "")), "export", "ONNX");
        add(
                tests,
                "an unknown fit",
                to -> source(file(named().input(FLOAT, "n", 3, 9, 9)), "normalize=0-1", "fit=squash"),
                "9x9");
        return tests;
    }

    private void add(List<DynamicTest> tests, String name, Case given, String... facts) {
        tests.add(DynamicTest.dynamicTest(name, () -> refused(() -> answers(colors(5), given.in(folder)), facts)));
    }
}
