package io.catwalk.runner.cli;

import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import io.catwalk.onnx.runtime.OnnxOptions;
import io.catwalk.onnx.runtime.OnnxRunner;
import io.catwalk.onnx.runtime.Tensor;
import io.catwalk.runner.Json;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/**
 * A runner with a fault: it uses another epsilon than the file says, or has no fault. Otherwise it does what its
 * description says.
 */
final class FaultyRunner {

    static final String EPSILON = "epsilon";
    static final String NONE = "none";

    private FaultyRunner() {}

    static void write(Path folder, String fault) throws IOException {
        String java = "java -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -cp %s %s %s";
        String[] command =
                Catwalk.words(java, System.getProperty("java.class.path"), FaultyRunner.class.getName(), fault);
        Map<String, Object> description = new TreeMap<>(Map.of("command", command, "install", "install-it"));
        description.put("runtime", "The runtime " + folder.getFileName());
        List.of("probe", "files", "without").forEach(key -> description.put(key, List.of()));
        Files.createDirectories(folder);
        Files.writeString(folder.resolve("runtime.json"), Json.JSON.writeValueAsString(description));
    }

    /** Receives the fault and the four paths of a runner. */
    public static void main(String... arguments) throws IOException {
        ModelProto.Builder model = ModelProto.parseFrom(Files.readAllBytes(Path.of(arguments[1]))).toBuilder();
        JsonNode about = Json.JSON.readTree(Files.readString(Path.of(arguments[2])));
        for (NodeProto.Builder node : model.getGraphBuilder().getNodeBuilderList()) {
            if (node.getOpType().equals("BatchNormalization")) {
                node.getAttributeBuilderList().stream()
                        .filter(attribute -> arguments[0].equals(EPSILON)
                                && attribute.getName().equals(EPSILON))
                        .forEach(attribute -> attribute.setF(0.25f));
            }
        }
        byte[] pixels = Files.readAllBytes(Path.of(arguments[3]));
        JsonNode shape = about.at("/input/shape");
        int size = shape.get(1).asInt() * shape.get(2).asInt() * shape.get(3).asInt();
        int step = shape.get(0).isString() ? pixels.length / size : shape.get(0).asInt();
        double mean = about.at("/normalization/mean/0").asDouble();
        double std = about.at("/normalization/std/0").asDouble();
        List<Double> answers = new ArrayList<>();
        try (OnnxRunner runner = OnnxRunner.open(model.build().toByteArray(), OnnxOptions.standard())) {
            for (int from = 0; from < pixels.length; from += step * size) {
                float[] numbers = new float[step * size];
                for (int i = 0; i < numbers.length; i++) {
                    numbers[i] = (float) (((pixels[from + i] & 0xff) / 255.0 - mean) / std);
                }
                Tensor images = Tensor.of(
                        numbers,
                        step,
                        shape.get(1).asInt(),
                        shape.get(2).asInt(),
                        shape.get(3).asInt());
                Tensor given = Objects.requireNonNull(
                        runner.run(Map.of(about.at("/input/name").asString(), images))
                                .get(about.at("/output/name").asString()));
                for (double number : given.toDoubles()) {
                    answers.add(number);
                }
            }
        }
        ByteBuffer written = ByteBuffer.allocate(answers.size() * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        answers.forEach(number -> written.putFloat(number.floatValue()));
        Files.write(Path.of(arguments[4]), written.array());
        new PrintStream(System.out, true, StandardCharsets.UTF_8).println("{\"version\": \"6.6\", \"seconds\": 0.5}");
    }
}
