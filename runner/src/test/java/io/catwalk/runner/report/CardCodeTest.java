package io.catwalk.runner.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.contentOf;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assumptions.assumeThat;

import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Blocks;
import ai.djl.nn.SequentialBlock;
import ai.djl.nn.core.Linear;
import io.catwalk.onnx.OnnxExport;
import io.catwalk.onnx.runtime.OnnxMetadata;
import io.catwalk.onnx.runtime.OnnxPredictor;
import io.catwalk.runner.data.HeapImages;
import io.catwalk.runner.data.ImageSource;
import io.catwalk.runner.data.Normalization;
import io.catwalk.runner.trial.EngineSettings;
import io.catwalk.runner.trial.ExportOptions;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import javax.imageio.ImageIO;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs the programs of a card as a reader would, on a PNG, and compares them with Catwalk's own predictor. */
class CardCodeTest {

    private static final String PYTHON = "/usr/bin/python3";
    private static final int HEIGHT = 5;
    private static final int WIDTH = 7;
    private static final List<String> LABELS = List.of("cup", "ankle boot", "bag");

    @TempDir
    private Path folder;

    @BeforeEach
    void startOneThread() {
        EngineSettings.apply(1);
    }

    @ParameterizedTest
    @CsvSource({"1, false,", "3, false,", "1, true,", "3, true, 2", "1, false, 4"})
    void thePythonProgramAnswersLikeOurPredictor(int channels, boolean embedded, Integer batch)
            throws IOException, InterruptedException {
        assumeThat(Path.of(PYTHON)).isExecutable();
        assumeThat(start(PYTHON, "-c", "import numpy, onnxruntime, PIL").waitFor())
                .as("numpy, onnxruntime and pillow are installed")
                .isZero();
        World world = world(channels, embedded, batch);
        Files.writeString(folder.resolve("classify.py"), world.code().python());

        assertAnswer(world, run(PYTHON, "classify.py"));
    }

    @ParameterizedTest
    @Tag("long")
    @CsvSource({"1, false,", "3, false,", "1, true,", "3, true, 2", "1, false, 4"})
    void theJavaProgramAnswersLikeOurPredictor(int channels, boolean embedded, Integer batch)
            throws IOException, InterruptedException {
        World world = world(channels, embedded, batch);
        Files.writeString(folder.resolve("Classify.java"), world.code().java());
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();

        assertAnswer(world, run(java, "-cp", System.getProperty("java.class.path"), "Classify.java"));
    }

    /** A photo is larger, and has colors; cut out or read as one channel, it would get a wrong answer. */
    @ParameterizedTest
    @Tag("long")
    @CsvSource({"1, false, 70, 50, true", "3, true, 70, 50, true", "1, false, 7, 5, true", "3, false, 7, 5, false"})
    void theJavaProgramRefusesAPhotoOfAnotherKind(int channels, boolean embedded, int width, int height, boolean color)
            throws IOException, InterruptedException {
        World world = world(channels, embedded, null);
        Files.writeString(folder.resolve("Classify.java"), world.code().java());
        int type = color ? BufferedImage.TYPE_INT_RGB : BufferedImage.TYPE_BYTE_GRAY;
        ImageIO.write(
                new BufferedImage(width, height, type),
                "png",
                folder.resolve("image.png").toFile());
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();

        assertRefused(width, height, java, "-cp", System.getProperty("java.class.path"), "Classify.java");
    }

    @Test
    void thePythonProgramRefusesAPhotoOfAnotherSize() throws IOException, InterruptedException {
        assumeThat(Path.of(PYTHON)).isExecutable();
        assumeThat(start(PYTHON, "-c", "import numpy, onnxruntime, PIL").waitFor())
                .as("numpy, onnxruntime and pillow are installed")
                .isZero();
        World world = world(3, false, null);
        Files.writeString(folder.resolve("classify.py"), world.code().python());
        ImageIO.write(
                new BufferedImage(70, 50, BufferedImage.TYPE_INT_RGB),
                "png",
                folder.resolve("image.png").toFile());

        assertRefused(70, 50, PYTHON, "classify.py");
    }

    private void assertRefused(int width, int height, String... command) throws IOException, InterruptedException {
        Process process = start(command);
        assertThat(process.getInputStream().readAllBytes()).isEmpty();
        assertThat(process.waitFor()).isEqualTo(1);
        assertThat(errors())
                .content()
                .hasLineCount(1)
                .startsWith("image.png: expected " + WIDTH + "x" + HEIGHT + " pixels, ")
                .contains("found " + width + "x" + height);
    }

    @Test
    void thePythonProgramFindsAFileOfAnyName() throws IOException, InterruptedException {
        assumeThat(Path.of(PYTHON)).isExecutable();
        String name = "my \"best\" net.onnx";
        CardCode code = named(name);
        Files.createFile(folder.resolve(name));
        String session = code.python()
                .lines()
                .filter(line -> line.startsWith("session = "))
                .findFirst()
                .orElseThrow();
        Files.writeString(
                folder.resolve("opens.py"),
                "class ort:\n  def InferenceSession(file, providers):\n    return open(file)\n" + session
                        + "\nprint(session.name)\n");

        assertThat(run(PYTHON, "opens.py").strip()).isEqualTo(name);
    }

    @Test
    void theJavaProgramIsValidForAFileOfAnyName() {
        assertThat(named("my \"best\" net.onnx").java())
                .contains("environment.createSession(\"my \\\"best\\\" net.onnx\");");
    }

    @ParameterizedTest
    @ValueSource(strings = {"lstm@wide.onnx", "my net.onnx", "it's $HOME.onnx", "a;b.onnx"})
    void theCommandNamesTheFileToTheShell(String name) throws IOException, InterruptedException {
        assumeThat(Path.of("/bin/sh")).isExecutable();

        String said = run(
                "/bin/sh",
                "-c",
                "catwalk() { printf '%s|' \"$@\"; }; " + named(name).command());

        assertThat(said).isEqualTo("predict|" + name + "|image.png|");
    }

    @Test
    void aCommandForAPlainNameHasNoQuotes() {
        assertThat(named("lstm@wide.onnx").command()).isEqualTo("catwalk predict lstm@wide.onnx image.png");
    }

    private static CardCode named(String file) {
        ImageSource images = HeapImages.of(1, 1, 1, new byte[1], new int[1]);
        Normalization normalization = new Normalization(new float[] {0.5f}, new float[] {0.5f});
        return new CardCode(file, images, normalization, ExportOptions.standard());
    }

    /** Checks the output of both programs: a label, which may contain spaces, and its probability with four digits. */
    private static void assertAnswer(World world, String answer) {
        int best = 0;
        for (int i = 1; i < world.logits().length; i++) {
            best = world.logits()[i] > world.logits()[best] ? i : best;
        }
        double sum = 0;
        for (float logit : world.logits()) {
            sum += Math.exp(logit - world.logits()[best]);
        }
        String line = answer.strip();
        assertThat(line).startsWith(LABELS.get(best) + " ");
        assertThat(Double.parseDouble(line.substring(line.lastIndexOf(' ')))).isCloseTo(1 / sum, within(1e-4));
    }

    @SuppressWarnings("ArrayRecordComponent")
    private record World(CardCode code, float[] logits) {}

    private World world(int channels, boolean embedded, @Nullable Integer batch) throws IOException {
        float[] mean = Arrays.copyOf(new float[] {0.3f, 0.5f, 0.1f}, channels);
        float[] std = Arrays.copyOf(new float[] {0.4f, 0.2f, 0.7f}, channels);
        Normalization normalization = new Normalization(mean, std);
        byte[] pixels = new byte[channels * HEIGHT * WIDTH];
        new Random(5).nextBytes(pixels);
        ImageSource images = HeapImages.of(channels, HEIGHT, WIDTH, pixels, new int[1]);
        ImageIO.write(
                picture(channels, pixels), "png", folder.resolve("image.png").toFile());
        Path file = folder.resolve("tiny.onnx");
        float[] logits = export(file, images, normalization, embedded, batch);
        ExportOptions options = new ExportOptions(17, false, embedded, batch, false, false, false, false, null, null);
        return new World(new CardCode("tiny.onnx", images, normalization, options), logits);
    }

    /** Writes a network and returns its logits for the first image, by a file for normalized floats and any batch. */
    private float[] export(
            Path file, ImageSource images, Normalization normalization, boolean embedded, @Nullable Integer batch)
            throws IOException {
        try (NDManager manager = NDManager.newBaseManager("PyTorch")) {
            Block block = new SequentialBlock()
                    .add(Blocks.batchFlattenBlock())
                    .add(Linear.builder().setUnits(LABELS.size()).build());
            Shape shape = new Shape(images.channels(), HEIGHT, WIDTH);
            block.initialize(manager, DataType.FLOAT32, new Shape(1).addAll(shape));
            OnnxExport plain = OnnxExport.of(block, shape)
                    .withMetadata(OnnxMetadata.empty().withLabels(LABELS).entries());
            Path floats = folder.resolve("floats.onnx");
            plain.write(floats);
            OnnxExport chosen = batch == null ? plain : plain.withFixedBatch(batch);
            (embedded ? chosen.withEmbeddedPreprocessing(normalization.mean(), normalization.std()) : chosen)
                    .write(file);
            try (OnnxPredictor predictor = OnnxPredictor.open(floats)) {
                return predictor.logits(normalization.normalized(images, 0, 1), 1);
            }
        }
    }

    private static BufferedImage picture(int channels, byte[] pixels) {
        BufferedImage image = new BufferedImage(
                WIDTH, HEIGHT, channels == 1 ? BufferedImage.TYPE_BYTE_GRAY : BufferedImage.TYPE_INT_RGB);
        for (int c = 0; c < channels; c++) {
            for (int y = 0; y < HEIGHT; y++) {
                for (int x = 0; x < WIDTH; x++) {
                    image.getRaster().setSample(x, y, c, pixels[(c * HEIGHT + y) * WIDTH + x] & 0xff);
                }
            }
        }
        return image;
    }

    private String run(String... command) throws IOException, InterruptedException {
        Process process = start(command);
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(() -> contentOf(errors().toFile())).isZero();
        return said;
    }

    /** Starts a program; its standard error goes to a file, since some builds of ONNX Runtime print warnings there. */
    private Process start(String... command) throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(folder.toFile()).redirectError(errors().toFile());
        builder.environment().put("ORT_DISABLE_TELEMETRY", "1");
        return builder.start();
    }

    private Path errors() {
        return folder.resolve("errors.txt");
    }
}
