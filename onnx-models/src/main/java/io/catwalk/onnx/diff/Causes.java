package io.catwalk.onnx.diff;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import io.catwalk.onnx.runtime.OnnxWeights;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Lists the differences between two nodes that should compute the same: operators, attributes, weights, inputs. */
final class Causes {

    private final Side one;
    private final Side other;
    private final Matching matching;

    Causes(Side one, Side other, Matching matching) {
        this.one = one;
        this.other = other;
        this.matching = matching;
    }

    /** Lists the causes, a sentence each; empty if both nodes are written alike. */
    List<String> of(NodeProto left, NodeProto right) {
        List<String> causes = new ArrayList<>();
        if (!left.getOpType().equals(right.getOpType())) {
            causes.add("operator " + left.getOpType() + " against " + right.getOpType());
        }
        TreeSet<String> names = new TreeSet<>();
        left.getAttributeList().forEach(attribute -> names.add(attribute.getName()));
        right.getAttributeList().forEach(attribute -> names.add(attribute.getName()));
        for (String name : names) {
            Optional<AttributeProto> here = attribute(left, name);
            Optional<AttributeProto> there = attribute(right, name);
            if (!here.equals(there)) {
                causes.add("attribute " + name + ": " + written(here) + " against " + written(there));
            }
        }
        if (left.getInputCount() != right.getInputCount()) {
            causes.add(left.getInputCount() + " inputs against " + right.getInputCount());
        }
        IntStream.range(0, Math.min(left.getInputCount(), right.getInputCount()))
                .forEach(i -> input(i, left.getInput(i), right.getInput(i)).ifPresent(causes::add));
        return causes;
    }

    private Optional<String> input(int place, String here, String there) {
        Optional<TensorProto> left = one.weights(here);
        Optional<TensorProto> right = other.weights(there);
        if (left.isPresent() && right.isPresent()) {
            return weights(here, left.get(), right.get());
        }
        if (left.isPresent() != right.isPresent()) {
            return Optional.of("input " + place + ": " + (left.isPresent() ? "weights " : "tensor ") + here
                    + " against " + (right.isPresent() ? "weights " : "tensor ") + there);
        }
        // A tensor with other numbers has no partner, and that its name differs, too, says nothing.
        return matching.partner(here)
                .filter(partner -> !here.equals(there) && !matching.holdTheSame(here, there))
                .map(partner -> "input " + place + ": " + partner + ", as " + here + ", against " + there);
    }

    private static Optional<String> weights(String name, TensorProto left, TensorProto right) {
        if (!OnnxWeights.isReal(left) || !OnnxWeights.isReal(right)) {
            return unnamed(left).equals(unnamed(right)) ? Optional.empty() : Optional.of("weights " + name + " differ");
        }
        TensorDifference difference =
                TensorDifference.of(OnnxWeights.of(left), OnnxWeights.of(right), new Tolerance(0, 0));
        return difference.agrees() ? Optional.empty() : Optional.of("weights " + name + ": " + difference);
    }

    private static TensorProto unnamed(TensorProto tensor) {
        return tensor.toBuilder().clearName().clearDocString().build();
    }

    private static Optional<AttributeProto> attribute(NodeProto node, String name) {
        return node.getAttributeList().stream()
                .filter(attribute -> attribute.getName().equals(name))
                .findFirst();
    }

    private static String written(Optional<AttributeProto> attribute) {
        return attribute.map(Causes::written).orElse("its default");
    }

    private static String written(AttributeProto attribute) {
        return switch (attribute.getType()) {
            case FLOAT -> Float.toString(attribute.getF());
            case INT -> Long.toString(attribute.getI());
            case STRING -> attribute.getS().toStringUtf8();
            case INTS -> attribute.getIntsList().toString();
            case FLOATS -> attribute.getFloatsList().toString();
            case STRINGS ->
                attribute.getStringsList().stream()
                        .map(text -> text.toStringUtf8())
                        .collect(Collectors.toList())
                        .toString();
            default -> "another";
        };
    }
}
