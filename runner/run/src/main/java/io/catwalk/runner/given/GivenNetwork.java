package io.catwalk.runner.given;

import io.catwalk.onnx.runtime.OnnxPredictor;
import io.catwalk.onnx.runtime.Signature.PixelType;
import io.catwalk.runner.data.RasterImage;
import io.catwalk.runner.given.GivenModel.Order;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/** Asks an ONNX file about pixels, which it prepares as the model says. */
@SuppressWarnings("ArrayRecordComponent") // of a class that nobody compares
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

    GivenNetwork with(GivenModel other) {
        return new GivenNetwork(predictor, other, columns);
    }

    int outputs() {
        return predictor.signature().classes();
    }

    /** Returns all outputs, (count, outputs), for unsigned pixels, (count, channels, height, width). */
    float[] answers(byte[] pixels, int channels, int count) {
        byte[] input = ordered(pixels, channels, count);
        if (predictor.signature().pixels() == PixelType.UINT8) {
            return predictor.logits(input, count);
        }
        if (model.mean() == null) {
            float[] plain = new float[input.length];
            for (int i = 0; i < plain.length; i++) {
                plain[i] = input[i] & 0xff;
            }
            return predictor.logits(plain, count);
        }
        return predictor.logits(model.normalization().normalized(input, count), count);
    }

    private byte[] ordered(byte[] pixels, int channels, int count) {
        return ordered(Objects.requireNonNull(model.order()), pixels, channels, count);
    }

    /** Returns the planes of the images in the order of the file: gray ones three times, or colors as gray. */
    static byte[] ordered(Order order, byte[] pixels, int channels, int count) {
        int planes = order == Order.GRAY ? 1 : COLORS;
        if (channels == planes && order != Order.BGR) {
            return pixels;
        }
        int plane = pixels.length / count / channels;
        byte[] ordered = new byte[count * planes * plane];
        for (int i = 0; i < count; i++) {
            int from = i * channels * plane;
            byte[] own = Arrays.copyOfRange(pixels, from, from + channels * plane);
            byte[] image = new RasterImage(channels, 1, plane, own)
                    .withChannels(planes)
                    .pixels();
            for (int c = 0; c < planes; c++) {
                int of = order == Order.BGR ? planes - 1 - c : c;
                System.arraycopy(image, of * plane, ordered, (i * planes + c) * plane, plane);
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
