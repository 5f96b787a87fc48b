package io.catwalk.runner.given;

import io.catwalk.onnx.runtime.Normalization;
import io.catwalk.onnx.runtime.OnnxPredictor;
import io.catwalk.onnx.runtime.Signature.PixelType;
import io.catwalk.runner.data.ImagePixels;
import io.catwalk.runner.given.GivenModel.Order;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;

/** Asks an ONNX file about pixels, which it prepares as the model says. */
record GivenNetwork(OnnxPredictor predictor, GivenModel model, int[] columns) {

    private static final int COLORS = 3;

    GivenNetwork(OnnxPredictor predictor, GivenModel model, List<String> classes) {
        this(
                predictor,
                model,
                classes.stream()
                        .mapToInt(
                                name -> Objects.requireNonNull(model.classes()).indexOf(name))
                        .toArray());
    }

    /** Returns the same with another preparation. */
    GivenNetwork with(GivenModel other) {
        return new GivenNetwork(predictor, other, columns);
    }

    int outputs() {
        return predictor.signature().classes();
    }

    /**
     * Returns all outputs for some images.
     *
     * @param pixels unsigned, (count, channels, height, width)
     * @return (count, outputs)
     */
    float[] answers(byte[] pixels, int channels, int count) {
        byte[] input = ordered(pixels, channels, count);
        if (predictor.signature().pixels() == PixelType.UINT8) {
            return predictor.logits(input, count);
        }
        List<Double> mean = model.mean();
        List<Double> std = model.std();
        if (mean == null || std == null) {
            float[] plain = new float[input.length];
            for (int i = 0; i < plain.length; i++) {
                plain[i] = input[i] & 0xff;
            }
            return predictor.logits(plain, count);
        }
        return predictor.logits(Normalization.of(inOrder(mean), inOrder(std)).normalized(input, count), count);
    }

    private List<Double> inOrder(List<Double> numbers) {
        List<Double> ordered = new ArrayList<>(numbers);
        if (model.order() == Order.BGR) {
            Collections.reverse(ordered);
        }
        return ordered;
    }

    /** Returns the planes of the images in the order of the file: gray ones three times, or colors as gray. */
    private byte[] ordered(byte[] pixels, int channels, int count) {
        boolean gray = model.order() == Order.GRAY;
        if (channels == 1 && gray || model.order() == Order.RGB && channels == COLORS) {
            return pixels;
        }
        int plane = pixels.length / count / channels;
        int planes = gray ? 1 : COLORS;
        byte[] ordered = new byte[count * planes * plane];
        for (int i = 0; i < count; i++) {
            int from = i * channels * plane;
            if (gray) {
                byte[] colors = Arrays.copyOfRange(pixels, from, from + channels * plane);
                System.arraycopy(ImagePixels.gray(colors), 0, ordered, i * plane, plane);
            }
            for (int c = 0; c < planes && !gray; c++) {
                int of = channels == 1 ? 0 : COLORS - 1 - c;
                System.arraycopy(pixels, from + of * plane, ordered, (i * COLORS + c) * plane, plane);
            }
        }
        return ordered;
    }

    /** Selects the outputs for the classes of the data set, in its order. */
    float[] selected(float[] answers) {
        int count = answers.length / outputs();
        float[] selected = new float[count * columns.length];
        for (int i = 0; i < selected.length; i++) {
            selected[i] = answers[i / columns.length * outputs() + columns[i % columns.length]];
        }
        return selected;
    }
}
