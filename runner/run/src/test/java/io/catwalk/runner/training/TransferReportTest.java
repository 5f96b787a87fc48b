package io.catwalk.runner.training;

import static io.catwalk.runner.Refusals.refused;
import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.Model;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Block;
import ai.djl.nn.Parameter;
import io.catwalk.api.Layers;
import io.catwalk.api.ParameterGroup;
import io.catwalk.api.Recipe;
import io.catwalk.api.Task;
import io.catwalk.onnx.OnnxExport;
import io.catwalk.onnx.ParameterPaths;
import io.catwalk.runner.Scratch;
import io.catwalk.runner.data.Sha256;
import io.catwalk.runner.training.Training.TrainingData;
import io.catwalk.runner.training.WarmStart.InitialWeights;
import io.catwalk.runner.training.WarmStart.TransferReport;
import java.io.IOException;
import java.net.URL;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.jar.JarOutputStream;
import java.util.zip.ZipEntry;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a training takes from the weights of another training: a network for five classes, fine-tuned for two. */
class TransferReportTest {

    private static final Task FIVE = Task.of(1, 4, 4, 5);
    private static final List<String> BODY = List.of(("01Conv2d.weight 01Conv2d.bias 02BatchNorm.gamma 02BatchNorm.beta"
                    + " 02BatchNorm.runningMean 02BatchNorm.runningVar")
            .split(" "));
    private static final String SHA = "0123456789abcdef".repeat(4);

    @TempDir
    private Path folder;

    private final NDManager manager = NDManager.newBaseManager("PyTorch");

    @AfterEach
    void free() {
        manager.close();
    }

    private Block five() {
        Block block = SmallWorld.convolutional(FIVE);
        block.initialize(manager, DataType.FLOAT32, new Shape(1, 1, 4, 4));
        float next = 0.001f;
        for (Parameter parameter : TrainedModel.distinctParameters(block)) {
            float[] values = new float[(int) parameter.getShape().size()];
            for (int i = 0; i < values.length; i++) {
                values[i] = next += 0.001f;
            }
            parameter.getArray().set(values);
        }
        return block;
    }

    private static float[] values(Block block, String name) {
        Parameter parameter = Objects.requireNonNull(ParameterPaths.of(block).get(name));
        return parameter.getArray().toFloatArray();
    }

    private TrainedModel train(@Nullable InitialWeights init, Recipe recipe) {
        TrainingData data = SmallWorld.data(SmallWorld.separable(40), 32);
        WarmStart start = init == null ? null : WarmStart.of(init, List.of("dark", "bright"));
        return SmallWorld.training(
                        SmallWorld.classifier(SmallWorld::convolutional), data, recipe, 1, 0, start, System::nanoTime)
                .run(epoch -> {}, SmallWorld.NO_CHECKPOINTS);
    }

    private void refuses(Path file, String... facts) {
        Recipe recipe = SmallWorld.plain(0.1, 1, 8);
        refused(TrainingException.class, () -> train(weights(file, 1), recipe), facts);
    }

    private void refuses(String frozen, String... facts) {
        Recipe recipe = SmallWorld.plain(0.1, 1, 8).withGroups(ParameterGroup.of(frozen, 0));
        refused(TrainingException.class, () -> train(null, recipe), facts);
    }

    private static TransferReport transfer(TrainedModel model) {
        return Objects.requireNonNull(model.transfer());
    }

    private static InitialWeights weights(Path file, double rate) {
        return new InitialWeights(file.toString(), SHA, rate);
    }

    private Path params(Block block) throws IOException {
        try (Model model = Model.newInstance("five", Device.cpu(), "PyTorch")) {
            model.setBlock(block);
            model.setProperty("Epoch", "0");
            model.save(folder, "five");
        }
        return folder.resolve("five-0000.params");
    }

    /** Written by hand according to the description of the format. */
    private Path safetensors(Map<String, float[]> tensors, Map<String, String> shapes) throws IOException {
        StringBuilder header = new StringBuilder("{\"__metadata__\":{\"format\":\"pt\"}");
        int at = 0;
        for (Map.Entry<String, float[]> one : tensors.entrySet()) {
            int end = at + 4 * one.getValue().length;
            header.append(",\"%s\":{\"dtype\":\"F32\",\"shape\":%s,\"data_offsets\":[%d,%d]}"
                    .formatted(one.getKey(), shapes.get(one.getKey()), at, end));
            at = end;
        }
        byte[] json = header.append('}').toString().getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes = ByteBuffer.allocate(8 + json.length + at).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(json.length).put(json);
        tensors.values().forEach(values -> {
            for (float value : values) {
                bytes.putFloat(value);
            }
        });
        return Files.write(folder.resolve("five.safetensors"), bytes.array());
    }

    private Path safetensors(Block block, char separator) throws IOException {
        Map<String, float[]> tensors = new LinkedHashMap<>();
        Map<String, String> shapes = new LinkedHashMap<>();
        ParameterPaths.of(block).forEach((name, parameter) -> {
            String stored = name.replace('.', separator);
            tensors.put(stored, parameter.getArray().toFloatArray());
            shapes.put(stored, Arrays.toString(parameter.getShape().getShape()));
        });
        return safetensors(tensors, shapes);
    }

    private Path onnx(Block block) throws IOException {
        Path file = folder.resolve("five.onnx");
        OnnxExport.of(block, new Shape(1, 4, 4)).write(file);
        return file;
    }

    @ParameterizedTest
    @ValueSource(strings = {"params", "safetensors", "safetensors with underscores", "onnx"})
    void theBodyIsTakenAndTheHeadForAnotherNumberOfClassesIsFresh(String format) throws IOException {
        Block five = five();
        Path file = switch (format) {
            case "params" -> params(five);
            case "safetensors" -> safetensors(five, '.');
            case "safetensors with underscores" -> safetensors(five, '_');
            default -> onnx(five);
        };
        Recipe frozen = SmallWorld.plain(0.1, 1, 8);

        try (TrainedModel random = train(null, frozen);
                TrainedModel tuned = train(weights(file, 0), frozen)) {
            assertThat(random.transfer()).isNull();
            TransferReport transfer = transfer(tuned);
            assertThat(transfer.taken()).containsExactlyElementsOf(BODY);
            String others = "07Linear.weight (5x16 in the file, 2x16 here), 07Linear.bias (5 in the file, 2 here)";
            assertThat(transfer.sentence()).contains("6 of 8 parameters", " 0123456789ab,", others);
            for (String name : BODY.subList(0, 4)) {
                assertThat(values(tuned.block(), name)).as(name).containsExactly(values(five, name));
            }
            // Statistics follow the images, and the head is trained.
            assertThat(values(tuned.block(), "02BatchNorm.runningMean")).isNotEqualTo(values(five, BODY.get(4)));
            assertThat(values(tuned.block(), "07Linear.weight"))
                    .isNotEqualTo(values(random.block(), "07Linear.weight"));
        }
    }

    @Test
    void theWeightsThatAPluginBringsAreTakenFromItsJar() throws IOException {
        Block five = five();
        Path file = safetensors(five, '.');
        Path jar = folder.resolve("plugin.jar");
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
            out.putNextEntry(new ZipEntry("com/example/five.safetensors"));
            Files.copy(file, out);
        }
        URL weights = new URL("jar:" + jar.toUri() + "!/com/example/five.safetensors");
        URL other = new URL("jar:" + jar.toUri() + "!/com/example/five.pt");
        try (Scratch scratch = new Scratch()) {
            WarmStart start = WarmStart.ofPlugin(weights, scratch);
            assertThat(start.weights().sha256()).isEqualTo(Sha256.of(file));
            assertThat(start.weights().rate()).isEqualTo(1);
            assertThat(Path.of(start.weights().file()))
                    .hasFileName("five.safetensors")
                    .hasSameBinaryContentAs(file);
            try (TrainedModel model = train(start.weights(), SmallWorld.plain(1e-30, 1, 8))) {
                assertThat(transfer(model).taken()).containsExactlyElementsOf(BODY);
                assertThat(values(model.block(), BODY.get(0))).containsExactly(values(five, BODY.get(0)));
            }
            refused(IOException.class, () -> WarmStart.ofPlugin(other, scratch), "five.pt");
        }
    }

    @Test
    void aHeadForAsManyOtherClassesIsFreshWhereTheirNamesAreKnown() throws IOException {
        Block two = SmallWorld.convolutional(SmallWorld.TASK);
        two.initialize(manager, DataType.FLOAT32, new Shape(1, 1, 4, 4));
        Path file = Files.move(
                params(two), Files.createDirectory(folder.resolve("model")).resolve("five-0000.params"));
        Recipe recipe = SmallWorld.plain(0.1, 1, 8);
        Path classes = folder.resolve("classes.json");

        for (boolean known : new boolean[] {false, true}) {
            try (TrainedModel same = train(weights(file, 1), recipe)) {
                assertThat(transfer(same).fresh()).as("known: %s", known).isEmpty();
            }
            Files.writeString(classes, "[\"dark\", \"bright\"]");
        }
        Files.writeString(classes, "[\"cat\", \"dog\"]");
        try (TrainedModel other = train(weights(file, 1), recipe)) {
            assertThat(transfer(other).fresh())
                    .containsExactly("07Linear.weight (for other classes)", "07Linear.bias (for other classes)");
        }
    }

    @Test
    void aGroupAndTheRateOfTheWeightsBothCount() throws IOException {
        Block five = five();
        Recipe recipe = SmallWorld.plain(0.1, 1, 8)
                .withGroups(ParameterGroup.of("*.bias", 0), ParameterGroup.of("01Conv2d*", 1));

        try (TrainedModel tuned = train(weights(params(five), 0.5), recipe)) {
            assertThat(values(tuned.block(), "01Conv2d.bias")).containsExactly(values(five, "01Conv2d.bias"));
            assertThat(values(tuned.block(), "07Linear.bias")).containsOnly(0); // its initial value
            assertThat(values(tuned.block(), "01Conv2d.weight")).isNotEqualTo(values(five, "01Conv2d.weight"));
        }
    }

    @Test
    void aGroupOfNoParameterAndOneOfAllThatIsFrozenAreRefused() {
        refuses("*Conv3d*", "named *Conv3d*", "01Conv2d.weight, 01Conv2d.bias");
        refuses("*", ": all are frozen");
    }

    @Test
    void weightsOfAnotherShapeOrWithOtherNamesAreRefused() throws IOException {
        String name = "01Conv2d.weight";
        Path shape = safetensors(Map.of(name, new float[4]), Map.of(name, "[4,1,1,1]"));
        refuses(shape, shape + ": expected 01Conv2d.weight of 4x1x3x3, but found one of 4x1x1x1");

        Path names = safetensors(Map.of("features.0.weight", new float[4]), Map.of("features.0.weight", "[4]"));
        refuses(names, names + ": expected weights with names of the network, such as " + name + ", ", "features.0");
    }

    @Test
    void paramsOfAnotherNetworkOrProgramAndThoseUnderAnotherNameAreRefused() throws IOException {
        Path moved = Files.move(params(five()), folder.resolve("five.params"));
        refuses(moved, moved + ": expected a name such as network-0000.params");

        Path text = Files.writeString(folder.resolve("network-0000.params"), "weights of another program");
        refuses(text, text + ": ", "weights that DJL wrote", "another format", ".safetensors or .onnx");

        Block dense = Layers.sequence(Layers.flatten(), Layers.dense(2));
        dense.initialize(manager, DataType.FLOAT32, new Shape(1, 1, 4, 4));
        Path other = params(dense);
        refuses(
                other,
                other + ": expected weights of the network of small, but they are of another; take a trial of small");
    }
}
