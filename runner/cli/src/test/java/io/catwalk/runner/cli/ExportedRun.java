package io.catwalk.runner.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import ai.onnx.proto.OnnxMl.ModelProto;
import com.google.protobuf.TextFormat;
import io.catwalk.runner.Json;
import io.catwalk.runner.ProcessLock;
import io.catwalk.runner.data.TinyImages;
import io.catwalk.runner.plugin.TestPlugin;
import java.awt.image.BufferedImage;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Runs one comparison for all tests of ONNX files, since it takes longest: of a network that has every kind of layer
 * with an export option, and of three whose files are wrong.
 */
final class ExportedRun implements BeforeAllCallback {

    static final String GOOD = "mixed";
    static final String UNKNOWN = "unknown-operation";
    static final String BY_BATCH = "by-batch";
    static final String TWO_FACED = "two-faced";

    /** Adds a lambda, given as the value for the array {@code x}, to a dense layer. */
    private static final String DENSE_AND = "return Layers.sequence(Layers.flatten(), Layers.dense(task.classes()),"
            + " ai.djl.nn.LambdaBlock.singleton(x -> { %s }, \"odd\"));";

    private static final Map<String, String> NETWORKS = new LinkedHashMap<>();

    static {
        NETWORKS.put(
                GOOD,
                "return Layers.sequence(Layers.conv(2, 3), Layers.batchNorm(), Layers.relu(), Layers.rows(),"
                        + " Layers.gru(12, 1), Layers.lastStep(), Layers.dense(task.classes()));");
        String inverted = "ai.djl.ndarray.NDArray ones = x.getManager().eye((int) x.getShape().get(1));"
                + " return x.add(x.mul(0).expandDims(1).add(ones).inverse().sum(new int[] {1}).sub(1));";
        NETWORKS.put(UNKNOWN, DENSE_AND.formatted(inverted));
        String looping = "for (int i = 0; i < x.getShape().get(0); i++) { x = x.add(0.001f); } return x;";
        NETWORKS.put(
                BY_BATCH,
                DENSE_AND.formatted(looping).replace("x -> {", "given -> { ai.djl.ndarray.NDArray x = given;"));
        // The exported network differs from what the network does otherwise.
        String faces = "return java.lang.reflect.Proxy.isProxyClass(x.getClass()) ? x.neg() : x;";
        NETWORKS.put(TWO_FACED, DENSE_AND.formatted(faces));
    }

    /** Keeps the run for other test JVMs until {@code mvn clean}, since training and checking take 20 seconds. */
    private static final Path KEPT = Path.of("target", "exported-run");

    private static @Nullable ExportedRun shared;
    private final Path folder;
    private final Path run;
    private final Catwalk.Answer compared;

    /** Called by JUnit, which creates one instance for each class; all use the shared run. */
    ExportedRun() {
        folder = Path.of("");
        run = folder;
        compared = new Catwalk.Answer(-1, "", "");
    }

    /** Trains it, or takes what another JVM has trained with the same classes; tests of this JVM have a copy. */
    private ExportedRun(Path copy) throws IOException, InterruptedException {
        folder = Files.createDirectories(KEPT.toAbsolutePath()).resolve(digestOfClasses());
        Path answer = folder.resolve("answer.json");
        ProcessLock lock = ProcessLock.take(KEPT.toAbsolutePath().resolve("lock"), () -> {});
        try (lock) {
            if (Files.notExists(answer)) {
                try (Stream<Path> older = Files.list(KEPT)) {
                    older.filter(Files::isDirectory).forEach(ExportedRun::delete);
                }
                Json.JSON.writeValue(answer.toFile(), train());
            }
        }
        run = copy(folder.resolve("run"), copy.resolve("run"));
        compared = Json.JSON.readValue(answer.toFile(), Catwalk.Answer.class);
    }

    private Catwalk.Answer train() throws IOException {
        Files.createDirectories(plugins());
        NETWORKS.forEach((name, network) ->
                TestPlugin.building(name, network).write(plugins().resolve(name + ".jar")));
        TinyImages.write(images());
        String options = "--plugins-dir %s --dataset %s --out %s --epochs 3 --batch-size 16 --threads 1 --in-process";
        String brief = System.clearProperty("catwalk.cross-check"); // these files are checked as those of users
        try {
            return Catwalk.ask(
                    "compare " + String.join(" ", NETWORKS.keySet()) + " " + options,
                    plugins(),
                    images(),
                    folder.resolve("run"));
        } finally {
            if (brief != null) {
                System.setProperty("catwalk.cross-check", brief);
            }
        }
    }

    /** Computes what the run depends on: all classes of the program, those of this fixture, and all jars. */
    private static String digestOfClasses() throws IOException {
        CRC32 digest = new CRC32();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            try (Stream<Path> files = Files.walk(Path.of(entry))) {
                for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                    String name = file.toString();
                    if (name.endsWith(".jar")) {
                        digest.update((name + Files.size(file) + Files.getLastModifiedTime(file)).getBytes(UTF_8));
                    } else if (!name.contains("test-classes")
                            || name.matches(".*(ExportedRun|TestPlugin|TinyImages).*")) {
                        digest.update(Files.readAllBytes(file));
                    }
                }
            }
        }
        return Long.toHexString(digest.getValue());
    }

    @Override
    public void beforeAll(ExtensionContext context) throws IOException, InterruptedException {
        if (shared == null) {
            Path temporary = Files.createTempDirectory("catwalk-exported");
            // Maven runs each test class separately in this JVM, so only the end of the JVM is the end of all tests.
            Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(temporary), "delete-exported-run"));
            shared = new ExportedRun(temporary);
        }
    }

    static ExportedRun get() {
        return Objects.requireNonNull(shared, "the test is to be extended with this class");
    }

    Catwalk.Answer compared() {
        return compared;
    }

    Path plugins() {
        return folder.resolve("plugins");
    }

    Path images() {
        return folder.resolve("tiny");
    }

    Path run() {
        return run;
    }

    Path trial(String name) {
        return run().resolve("trials").resolve(name).resolve("1-0");
    }

    /** Returns the file of the network that is exported correctly. */
    Path model() {
        return trial(GOOD).resolve("model.onnx");
    }

    Path copyTo(Path target) throws IOException {
        return copy(run(), target);
    }

    static Path copy(Path run, Path target) throws IOException {
        try (Stream<Path> all = Files.walk(run)) {
            for (Path each : all.toList()) {
                Files.copy(each, target.resolve(run.relativize(each).toString()));
            }
        }
        return target;
    }

    Path changed(Path target, Consumer<ModelProto.Builder> change) throws IOException {
        ModelProto.Builder model = ModelProto.parseFrom(Files.readAllBytes(model())).toBuilder();
        change.accept(model);
        return Files.write(target, model.build().toByteArray());
    }

    /** Adds parts of a model in the text form of protocol buffers, where data types are 1 float, 2 uint8, 6 int32, 7 int64, 9 bool. */
    static void add(ModelProto.Builder model, String parts) {
        try {
            TextFormat.merge(parts, model);
        } catch (TextFormat.ParseException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path picture(int image, Path target) throws IOException {
        byte[] pixels = Files.readAllBytes(images().resolve("t10k-images-idx3-ubyte"));
        BufferedImage picture = new BufferedImage(8, 8, BufferedImage.TYPE_BYTE_GRAY);
        byte[] own = Arrays.copyOfRange(pixels, 16 + image * 64, 16 + (image + 1) * 64);
        picture.getRaster().setDataElements(0, 0, 8, 8, own);
        String name = target.toString();
        ImageIO.write(picture, name.substring(name.lastIndexOf('.') + 1), target.toFile());
        return target;
    }

    private static void delete(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(each -> each.toFile().delete());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
