package io.catwalk.onnx.graph;

import io.catwalk.onnx.graph.Inference.Made;
import io.catwalk.onnx.graph.Inference.Operands;
import io.catwalk.onnx.graph.Inference.Rule;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Infers the outputs of convolutions, pools and recurrent layers. */
final class WindowRules {

    private WindowRules() {}

    static Map<String, Rule> rules() {
        return Map.of(
                "Conv", WindowRules::convolution,
                "MaxPool", WindowRules::pool,
                "AveragePool", WindowRules::pool,
                "GlobalAveragePool", WindowRules::global,
                "GlobalMaxPool", WindowRules::global,
                "Resize", operands -> operands.alike(new TensorShape(operands.contents(3))),
                "RNN", WindowRules::recurrent,
                "GRU", WindowRules::recurrent,
                "LSTM", WindowRules::recurrent);
    }

    private static List<Made> convolution(Operands operands) {
        TensorShape image = operands.shape(0);
        TensorShape kernel = operands.shape(1);
        long groups = operands.attribute("group", 1);
        if (image.get(1).fixed("channels") != kernel.get(1).fixed("channels") * groups) {
            throw new ExportException("Conv of " + image + " by " + kernel + " in " + groups + " groups");
        }
        long[] window = Arrays.copyOfRange(kernel.fixed("kernel"), 2, kernel.rank());
        return operands.alike(slide(operands, image.with(1, kernel.get(0)), window));
    }

    private static List<Made> pool(Operands operands) {
        long[] window = operands.attributes().numbers("kernel_shape", new long[0]);
        return operands.alike(slide(operands, operands.shape(0), window));
    }

    private static TensorShape slide(Operands operands, TensorShape image, long[] window) {
        int axes = window.length;
        long[] ones = new long[axes];
        Arrays.fill(ones, 1);
        long[] strides = operands.attributes().numbers("strides", ones);
        long[] dilations = operands.attributes().numbers("dilations", ones);
        long[] pads = operands.attributes().numbers("pads", new long[2 * axes]);
        boolean up = operands.attribute("ceil_mode", 0) == 1;
        TensorShape made = image;
        for (int i = 0; i < axes; i++) {
            Windows windows = new Windows(window[i], strides[i], pads[i], pads[i + axes], dilations[i], up);
            made = made.with(i + 2, windows.over(image.get(i + 2)));
        }
        return made;
    }

    private static List<Made> global(Operands operands) {
        TensorShape made = operands.shape(0);
        for (int axis = 2; axis < made.rank(); axis++) {
            made = made.with(axis, Dim.of(1));
        }
        return operands.alike(made);
    }

    private static List<Made> recurrent(Operands operands) {
        TensorShape input = operands.shape(0);
        // PyTorch does not check this, and computes with what lies behind the weights in memory.
        if (!input.get(2).equals(operands.shape(1).get(2))) {
            throw new ExportException("weights for " + operands.shape(1).get(2) + " features meet a sequence of "
                    + input.get(2) + ", " + input + ": put the features last");
        }
        Dim directions = operands.shape(1).get(0);
        Dim hidden = operands.shape(2).get(2);
        List<Made> made = new ArrayList<>();
        made.add(new Made(operands.type(0), new TensorShape(List.of(input.get(0), directions, input.get(1), hidden))));
        Made state = new Made(operands.type(0), new TensorShape(List.of(directions, input.get(1), hidden)));
        made.add(state);
        made.add(state);
        return made;
    }
}
