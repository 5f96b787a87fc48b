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
import io.catwalk.onnx.compose.EmbeddedResizing;
import io.catwalk.onnx.runtime.Normalization;
import io.catwalk.onnx.runtime.OnnxMetadata;
import io.catwalk.onnx.runtime.OnnxPredictor;
import io.catwalk.onnx.runtime.Preprocessing;
import io.catwalk.runner.data.HeapImages;
import io.catwalk.runner.data.ImageSource;
import io.catwalk.runner.data.RasterImage;
import io.catwalk.runner.data.ResizeRule;
import io.catwalk.runner.trial.EngineSettings;
import io.catwalk.runner.trial.ExportOptions;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.File;
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
    void thePythonProgramAnswersLikeOurPredictor(int channels, boolean embedded, @Nullable Integer batch)
            throws Exception {
        World world = world(channels, embedded, batch);
        assertAnswer(world, run(python(world)));
    }

    @ParameterizedTest
    @Tag("long")
    @CsvSource({"3, false,", "1, true,", "3, true, 2", "1, false, 4"})
    void theJavaProgramAnswersLikeOurPredictor(int channels, boolean embedded, @Nullable Integer batch)
            throws Exception {
        World world = world(channels, embedded, batch);
        assertAnswer(world, run(java(world)));
    }

    /** A photo is larger, and has colors; cut out or read as one channel, it would get a wrong answer. */
    @ParameterizedTest
    @Tag("long")
    @CsvSource({"1, 70, 50, true", "1, 7, 5, true", "3, 7, 5, false"})
    void theJavaProgramRefusesAPhotoOfAnotherKind(int channels, int width, int height, boolean color) throws Exception {
        assertRefused(width, height, color, java(world(channels, false, null)));
    }

    @Test
    void thePythonProgramRefusesAPhotoOfAnotherSize() throws Exception {
        assertRefused(70, 50, true, python(world(3, false, null)));
    }

    /** The answer is that to the image as Catwalk resizes it. */
    @Test
    void thePythonProgramForAnySizeAnswersLikeOurPreparation() throws Exception {
        for (int channels : new int[] {1, 3}) {
            World world = anySize(channels);
            assertAnswer(world, run(python(world)));
        }
    }

    @Test
    @Tag("long")
    void theJavaProgramForAnySizeAnswersLikeOurPreparation() throws Exception {
        for (int channels : new int[] {1, 3}) {
            World world = anySize(channels);
            assertAnswer(world, run(java(world)));
        }
    }

    private World anySize(int channels) throws IOException {
        World fixed = world(channels, false, null);
        Path file = folder.resolve("tiny.onnx");
        Normalization normalization = fixed.code().normalization();
        OnnxMetadata.read(file)
                .withPreprocessing(new Preprocessing(
                        HEIGHT,
                        WIDTH,
                        Normalization.doubles(normalization.mean()),
                        Normalization.doubles(normalization.std())))
                .write(file);
        byte[] pixels = new byte[channels * 31 * 16];
        new Random(6).nextBytes(pixels);
        RasterImage photo = new RasterImage(channels, 31, 16, pixels);
        ImageIO.write(picture(photo), "png", folder.resolve("image.png").toFile());
        byte[] own =
                photo.resized(ResizeRule.parse(WIDTH + "x" + HEIGHT + " crop")).pixels();
        Path whole = Files.write(folder.resolve("whole.onnx"), EmbeddedResizing.added(file, EmbeddedResizing.Fit.CROP));
        try (OnnxPredictor predictor = OnnxPredictor.open(file)) {
            ExportOptions options = ExportOptions.standard().withAnySize();
            CardCode code =
                    new CardCode(whole.getFileName().toString(), fixed.code().images(), normalization, options);
            return new World(code, predictor.logits(normalization.normalized(own, 1), 1));
        }
    }

    private String[] python(World world) throws Exception {
        assumeThat(Path.of(PYTHON)).isExecutable();
        int installed = start(PYTHON, "-c", "import numpy, onnxruntime, PIL").waitFor();
        assumeThat(installed).as("numpy, onnxruntime and pillow are installed").isZero();
        Files.writeString(folder.resolve("classify.py"), world.code().python());
        return new String[] {PYTHON, "classify.py"};
    }

    private String[] java(World world) throws IOException {
        Files.writeString(folder.resolve("Classify.java"), world.code().java());
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        String classPath = System.getProperty("java.class.path");
        return new String[] {java, "-XX:TieredStopAtLevel=1", "-cp", classPath, "Classify.java"};
    }

    private void assertRefused(int width, int height, boolean color, String... command) throws Exception {
        int type = color ? BufferedImage.TYPE_INT_RGB : BufferedImage.TYPE_BYTE_GRAY;
        File photo = folder.resolve("image.png").toFile();
        ImageIO.write(new BufferedImage(width, height, type), "png", photo);
        Process process = start(command);
        assertThat(process.getInputStream().readAllBytes()).isEmpty();
        assertThat(process.waitFor()).isEqualTo(1);
        assertThat(contentOf(errors().toFile()))
                .matches("image.png: expected 7x5 pixels, .*found " + width + "x" + height + ".*\\n");
    }

    @Test
    void theProgramsFindAFileOfAnyName() throws Exception {
        assumeThat(Path.of(PYTHON)).isExecutable();
        String name = "my \"best\" net.onnx";
        Files.createFile(folder.resolve(name));
        String session =
                named(name).python().replaceFirst("(?s).*(?=session = )", "").replaceFirst("(?s)\n.*", "");
        String opening = "class ort:\n  def InferenceSession(file, providers):\n    return open(file)\n";
        Files.writeString(folder.resolve("opens.py"), opening + session + "\nprint(session.name)\n");

        assertThat(run(PYTHON, "opens.py").strip()).isEqualTo(name);
        assertThat(named(name).java()).contains("createSession(\"my \\\"best\\\" net.onnx\");");
    }

    @ParameterizedTest
    @ValueSource(strings = {"lstm@wide.onnx", "my net.onnx", "it's $HOME.onnx", "a;b.onnx"})
    void theCommandNamesTheFileToTheShell(String name) throws Exception {
        assumeThat(Path.of("/bin/sh")).isExecutable();
        String command = named(name).command();
        assertThat(run("/bin/sh", "-c", "catwalk() { printf '%s|' \"$@\"; }; " + command))
                .isEqualTo("predict|" + name + "|image.png|");
        assertThat(command.contains("'")).isEqualTo(!name.equals("lstm@wide.onnx"));
    }

    private static CardCode named(String file) {
        ImageSource images = HeapImages.of(1, 1, 1, new byte[1], new int[1]);
        Normalization normalization = new Normalization(new float[] {0.5f}, new float[] {0.5f});
        return new CardCode(file, images, normalization, ExportOptions.standard());
    }

    /** Checks the output of both programs: a label, which may contain spaces, and its probability with four digits. */
    private static void assertAnswer(World world, String answer) {
        float[] logits = world.logits();
        int best = 0;
        double sum = 0;
        for (int i = 0; i < logits.length; i++) {
            best = logits[i] > logits[best] ? i : best;
            sum += Math.exp(logits[i]);
        }
        String line = answer.strip();
        assertThat(line).startsWith(LABELS.get(best) + " ");
        assertThat(Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .isCloseTo(Math.exp(logits[best]) / sum, within(1e-4));
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
                picture(images.image(0)), "png", folder.resolve("image.png").toFile());
        Path file = folder.resolve("tiny.onnx");
        float[] logits = export(file, images, normalization, embedded, batch);
        ExportOptions options =
                new ExportOptions(17, false, embedded, batch, false, false, false, false, false, null, null);
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
                return predictor.logits(images.normalized(normalization, 0, 1), 1);
            }
        }
    }

    private static BufferedImage picture(RasterImage image) throws IOException {
        return ImageIO.read(new ByteArrayInputStream(Png.of(image)));
    }

    private String run(String... command) throws Exception {
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
