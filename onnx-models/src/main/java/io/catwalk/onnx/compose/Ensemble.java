package io.catwalk.onnx.compose;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import io.catwalk.onnx.OnnxFileException;
import io.catwalk.onnx.file.ModelFile;
import io.catwalk.onnx.file.Protos;
import io.catwalk.onnx.runtime.ImageInput.Layout;
import io.catwalk.onnx.runtime.OnnxHints;
import io.catwalk.onnx.runtime.OnnxOptions;
import io.catwalk.onnx.runtime.OnnxPredictor;
import io.catwalk.onnx.runtime.OnnxPredictor.Scores;
import io.catwalk.onnx.runtime.Preprocessing;
import io.catwalk.onnx.runtime.Signature;
import io.catwalk.onnx.runtime.TensorType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Joins image classifiers into one file, which returns the logarithm of the weighted mean of their probabilities as
 * logits: their softmax is that mean.
 */
public final class Ensemble {

    private static final String LOGITS = "logits";

    /** The least probability, so that its logarithm, -87.3, is finite where every member gives 0. */
    private static final float SMALLEST = Float.MIN_NORMAL;

    private Ensemble() {}

    /**
     * A classifier of an ensemble.
     *
     * @param name in messages
     * @param file content of its ONNX file
     * @param votes how often it counts; at least 1
     */
    @SuppressWarnings("ArrayRecordComponent") // files of many megabytes
    public record Member(Path name, byte[] file, int votes) {

        /** Checks the votes. */
        public Member {
            if (votes < 1) {
                throw new IllegalArgumentException("expected at least 1 vote, found " + votes);
            }
        }
    }

    /** A member that was opened. */
    private record Opened(
            Member member,
            ModelProto model,
            Signature signature,
            Scores scores,
            Optional<Preprocessing> preprocessing,
            Optional<List<String>> labels) {

        static Opened of(Member member) {
            try (OnnxPredictor predictor =
                    OnnxPredictor.open(member.file(), OnnxOptions.standard(), OnnxHints.none())) {
                return new Opened(
                        member,
                        ModelFile.parsed(member.file()),
                        predictor.signature(),
                        predictor.scores(),
                        predictor.metadata().preprocessing(),
                        predictor.metadata().labels());
            }
        }

        boolean hasTrailingAxes() {
            return model.getGraph().getOutputList().stream()
                    .anyMatch(value -> value.getName().equals(signature.output())
                            && value.getType().getTensorType().getShape().getDimCount() > 2);
        }

        /** Returns what all members have to have in common. */
        List<Object> common() {
            return List.of(
                    signature.layout(),
                    signature.pixels(),
                    signature.batch(),
                    signature.channels(),
                    signature.height(),
                    signature.width(),
                    signature.classes(),
                    labels.orElse(List.of()),
                    preprocessing.isPresent(),
                    Graphs.operatorSets(model));
        }
    }

    /**
     * Joins classifiers. The file takes what the first one takes; pixels that others normalize in another way are
     * converted inside.
     *
     * @param members at least one; with the same size, type and layout of images, the same classes and operator sets
     * @param metadata of the file
     * @return content of an ONNX file, from images to {@code logits}
     * @throws OnnxFileException if a member is no image classifier of 32-bit floats for batches of any size, or differs
     *     from the first
     */
    public static byte[] of(List<Member> members, Map<String, String> metadata) {
        List<Opened> opened = members.stream().map(Opened::of).toList();
        Opened first = opened.get(0);
        Signature signature = first.signature();
        double votes = members.stream().mapToInt(Member::votes).sum();
        GraphProto.Builder graph = GraphProto.newBuilder().setName("ensemble");
        ModelProto.Builder model = Graphs.model(
                graph,
                Graphs.operatorSets(first.model()),
                opened.stream()
                        .mapToLong(one -> one.model().getIrVersion())
                        .max()
                        .orElseThrow());
        List<String> shares = new ArrayList<>();
        for (int i = 0; i < opened.size(); i++) {
            Opened one = opened.get(i);
            requireAlike(first, one);
            String prefix = "member" + (i + 1) + "/";
            String input = normalized(graph, first, one, prefix);
            GraphProto cut =
                    Graphs.behind(one.model().getGraph(), one.signature().output());
            Graphs.append(
                    graph,
                    Graphs.renamed(cut, name -> name.equals(one.signature().input()) ? input : prefix + name));
            if (i == 0) {
                graph.addInput(cut.getInput(0));
            }
            String scores = prefix + one.signature().output();
            if (one.hasTrailingAxes()) {
                graph.addNode(Graphs.node("Flatten", List.of(scores), "ensemble/" + prefix + "flat"));
                scores = "ensemble/" + prefix + "flat";
            }
            String probabilities =
                    one.scores() == Scores.PROBABILITIES ? scores : "ensemble/" + prefix + "probabilities";
            if (!probabilities.equals(scores)) {
                // Probabilities of a sigmoid each are divided by their sum, as one-vs-rest classifiers are.
                String operator = one.scores() == Scores.LOGITS ? "Softmax" : "LpNormalization";
                NodeProto.Builder node =
                        Graphs.node(operator, List.of(scores), probabilities).addAttribute(Protos.attribute("axis", 1));
                graph.addNode(one.scores() == Scores.LOGITS ? node : node.addAttribute(Protos.attribute("p", 1)));
            }
            String share = "ensemble/" + prefix + "share";
            graph.addInitializer(Protos.floats("ensemble/" + prefix + "votes", (float)
                            (one.member().votes() / votes)))
                    .addNode(Graphs.node("Mul", List.of(probabilities, "ensemble/" + prefix + "votes"), share));
            shares.add(share);
        }
        String sum = shares.get(0);
        for (int i = 1; i < shares.size(); i++) {
            String more = "ensemble/sum" + (i + 1);
            graph.addNode(Graphs.node("Add", List.of(sum, shares.get(i)), more));
            sum = more;
        }
        graph.addInitializer(Protos.floats("ensemble/smallest", SMALLEST))
                .addNode(Graphs.node("Max", List.of(sum, "ensemble/smallest"), "ensemble/mean"))
                .addNode(Graphs.node("Log", List.of("ensemble/mean"), LOGITS))
                .addOutput(Graphs.rows(LOGITS, Protos.axis("batch"), signature.classes()));
        graph.getInputBuilder(0)
                .getTypeBuilder()
                .getTensorTypeBuilder()
                .getShapeBuilder()
                .setDim(0, Protos.axis("batch"));
        model.addAllFunctions(opened.stream()
                .flatMap(one -> one.model().getFunctionsList().stream())
                .distinct()
                .toList());
        Protos.addMetadata(model.setGraph(graph), metadata);
        return model.build().toByteArray();
    }

    private static void requireAlike(Opened first, Opened one) {
        if (one.signature().batch() != Signature.ANY_BATCH || one.signature().scores() != TensorType.FLOAT) {
            throw new OnnxFileException(
                    one.member().name(),
                    "a member for batches of any size that returns 32-bit floats",
                    one.signature().toString(),
                    "export it without a fixed batch and in 32 bits");
        }
        if (!one.common().equals(first.common())) {
            throw new OnnxFileException(
                    one.member().name(),
                    "a member with the images, classes and opset of "
                            + first.member().name() + " " + first.common(),
                    "" + one.common(),
                    "leave it out");
        }
    }

    /** Converts what the first member takes to what another takes, and returns the tensor that it reads. */
    private static String normalized(GraphProto.Builder graph, Opened first, Opened one, String prefix) {
        String input = first.signature().input();
        if (first.signature().pixels() == Signature.PixelType.UINT8
                || one.preprocessing().equals(first.preprocessing())) {
            return input;
        }
        Preprocessing from = first.preprocessing().orElseThrow();
        Preprocessing to = one.preprocessing().orElseThrow();
        int channels = from.channels();
        float[] factors = new float[channels];
        float[] offsets = new float[channels];
        for (int c = 0; c < channels; c++) {
            factors[c] = (float) (from.std().get(c) / to.std().get(c));
            offsets[c] =
                    (float) ((from.mean().get(c) - to.mean().get(c)) / to.std().get(c));
        }
        String at = "ensemble/" + prefix;
        graph.addInitializer(
                        perChannel(at + "factors", factors, first.signature().layout()))
                .addInitializer(
                        perChannel(at + "offsets", offsets, first.signature().layout()))
                .addNode(Graphs.node("Mul", List.of(input, at + "factors"), at + "scaled"))
                .addNode(Graphs.node("Add", List.of(at + "scaled", at + "offsets"), at + "normalized"));
        return at + "normalized";
    }

    private static TensorProto perChannel(String name, float[] numbers, Layout layout) {
        TensorProto.Builder tensor = Protos.floats(name, numbers).toBuilder();
        return (layout == Layout.NCHW ? tensor.addDims(1).addDims(1) : tensor).build();
    }
}
