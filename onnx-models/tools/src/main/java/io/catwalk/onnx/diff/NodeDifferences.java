package io.catwalk.onnx.diff;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import io.catwalk.onnx.file.OnnxWeights;
import io.catwalk.onnx.file.Protos;
import io.catwalk.onnx.runtime.Tensor;
import io.catwalk.onnx.runtime.Tolerance;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Lists the differences between two nodes that should compute the same: operators, attributes, weights, inputs. */
record NodeDifferences(InstrumentedModel one, InstrumentedModel other, TensorMatching matching) {

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
            Optional<AttributeProto> here = Protos.attribute(left, name);
            Optional<AttributeProto> there = Protos.attribute(right, name);
            if (here.filter(AttributeProto::hasT).isPresent()
                    && there.filter(AttributeProto::hasT).isPresent()) {
                difference(here.get().getT(), there.get().getT())
                        .ifPresent(text -> causes.add("attribute " + name + ": " + text));
            } else if (!here.equals(there)) {
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
            return difference(left.get(), right.get()).map(text -> "weights " + here + ": " + text);
        }
        if (left.isPresent() != right.isPresent() || here.isEmpty() != there.isEmpty()) {
            return Optional.of("input " + place + ": " + read(here, left.isPresent()) + " against "
                    + read(there, right.isPresent()));
        }
        // A tensor with other numbers has no partner, and that its name differs, too, says nothing.
        return matching.partner(here)
                .filter(partner -> !here.equals(there) && !matching.holdTheSame(here, there))
                .map(partner -> "input " + place + ": " + partner + ", as " + here + ", against " + there);
    }

    private static String read(String name, boolean weights) {
        return name.isEmpty() ? "nothing" : (weights ? "weights " : "tensor ") + name;
    }

    private static Optional<String> difference(TensorProto left, TensorProto right) {
        if (!OnnxWeights.isReadable(left) || !OnnxWeights.isReadable(right)) {
            return unnamed(left).equals(unnamed(right)) ? Optional.empty() : Optional.of("other values");
        }
        Tensor here = OnnxWeights.of(left);
        Tensor there = OnnxWeights.of(right);
        TensorDifference difference = TensorDifference.of(here, there, new Tolerance(0, 0));
        if (difference.agrees()) {
            // Different whole numbers beyond 2^53 may be equal as doubles.
            boolean equal = here.type().isReal() || here.buffer().equals(there.buffer());
            return equal ? Optional.empty() : Optional.of("other values");
        }
        return Optional.of(difference.toString());
    }

    private static TensorProto unnamed(TensorProto tensor) {
        return tensor.toBuilder().clearName().clearDocString().build();
    }

    private static String written(Optional<AttributeProto> attribute) {
        return attribute.map(NodeDifferences::written).orElse("its default");
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
            case TENSOR -> "a tensor";
            case GRAPH -> "a graph";
            default -> "another";
        };
    }
}
