package io.catwalk.onnx.quantize;

import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import io.catwalk.onnx.file.Protos;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Describes a convolution or matrix product with fixed weights of 32-bit floats.
 *
 * @param node Conv, Gemm (with no factors) or MatMul
 * @param bias its third input, one number for each channel
 * @param axis of the output channels in the weights
 */
record LinearNode(NodeProto node, TensorProto weights, Optional<TensorProto> bias, int axis) {

    private static final int BIAS = 2;

    static Optional<LinearNode> of(NodeProto node, GraphIndex index) {
        if (node.getInputCount() < BIAS) {
            return Optional.empty();
        }
        Optional<TensorProto> weights = index.fixedFloats(node.getInput(1));
        boolean hasBias = node.getInputCount() > BIAS && !node.getInput(BIAS).isEmpty();
        Optional<TensorProto> bias = hasBias ? index.fixedFloats(node.getInput(BIAS)) : Optional.empty();
        if (weights.isEmpty()
                || hasBias != bias.isPresent()
                || index.fixed(node.getInput(0)).isPresent()) {
            return Optional.empty();
        }
        return axis(node, weights.get())
                .map(axis -> new LinearNode(node, weights.get(), bias, axis))
                .filter(linear -> bias.isEmpty() || isForEachChannel(bias.get(), linear.channels()));
    }

    /** A Gemm may also have a bias for each row, (rows, 1), or for each number. */
    private static boolean isForEachChannel(TensorProto bias, int channels) {
        int rank = bias.getDimsCount();
        return Protos.size(bias) == channels && (rank == 0 || bias.getDims(rank - 1) == channels);
    }

    /** Returns the axis of output channels; empty for a node that cannot be quantized. */
    private static Optional<Integer> axis(NodeProto node, TensorProto weights) {
        int rank = weights.getDimsCount();
        if (Protos.is(node, "Conv") && rank > 2) {
            return Optional.of(0);
        }
        if (Protos.is(node, "MatMul") && rank == 2) {
            return Optional.of(1);
        }
        boolean plain = Protos.real(node, "alpha", 1) == 1
                && Protos.real(node, "beta", 1) == 1
                && Protos.number(node, "transA", 0) == 0;
        return Protos.is(node, "Gemm") && rank == 2 && plain
                ? Optional.of(Protos.number(node, "transB", 0) == 1 ? 0 : 1)
                : Optional.empty();
    }

    /** Returns the weights and the bias, if there is one. */
    Stream<TensorProto> fixed() {
        return Stream.concat(Stream.of(weights), bias.stream());
    }

    boolean isConvolution() {
        return node.getOpType().equals("Conv");
    }

    int channels() {
        return Math.toIntExact(weights.getDims(axis));
    }

    /** Returns the number of consecutive weights of one output channel. */
    int inner() {
        return Math.toIntExact(weights.getDimsList().stream().skip(axis + 1).reduce(1L, Math::multiplyExact));
    }
}
