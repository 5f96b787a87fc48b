package io.catwalk.onnx.lowering;

import io.catwalk.onnx.graph.Attributes;
import io.catwalk.onnx.graph.Dim;
import io.catwalk.onnx.graph.TensorShape;
import io.catwalk.onnx.graph.Value;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes spectra of real signals. A transform of a fixed length is a product with a fixed matrix of cosines and
 * sines, which every operator set has; ONNX's own DFT and STFT came with opset 17.
 */
final class SpectrumRows {

    private SpectrumRows() {}

    static List<Row> rows() {
        return List.of(Row.of(
                "NDArray.stft(long, long, boolean, NDArray, boolean, boolean)",
                "Gather, Mul, MatMul, Reshape, Transpose",
                SpectrumRows::stft));
    }

    /** Cuts the signal into frames, (..., frames, length), and transforms each: (..., frequencies, frames, 2). */
    private static Value stft(Site site) {
        Emitter to = site.to();
        TensorShape signal = site.receiver().shape();
        int length = site.call().integer(1);
        int hop = site.call().integer(2);
        boolean centered = site.call().get(3, Boolean.class);
        boolean normalized = site.call().get(5, Boolean.class);
        int last = signal.rank() - 1;
        int size = (int) signal.get(last).fixed("the length of a signal");
        int frames = (int) site.resultShape().get(-2).fixed("the number of frames");
        Value cut = to.node(
                "Gather",
                Attributes.NONE.with("axis", last),
                site.receiver(),
                to.ints(places(size, length, hop, frames, centered ? length / 2 : 0)));
        List<Dim> framed = new ArrayList<>(signal.dims().subList(0, last));
        framed.add(Dim.of(frames));
        framed.add(Dim.of(length));
        Value weighted = to.node(
                "Mul", to.reshape(cut, framed), site.as(4, site.receiver().type()));
        int frequencies = length / 2 + 1;
        Value waves = to.cast(
                to.floats("waves", TensorShape.of(length, 2L * frequencies), waves(length, frequencies, normalized)),
                weighted.type());
        List<Dim> pairs = new ArrayList<>(framed.subList(0, last + 1));
        pairs.add(Dim.of(frequencies));
        pairs.add(Dim.of(2));
        return ShapeRows.swap(to, to.reshape(to.node("MatMul", weighted, waves), pairs), last, last + 1);
    }

    /** Lists which samples the frames take, one after the other; what lies outside is mirrored at the ends. */
    private static long[] places(int size, int length, int hop, int frames, int before) {
        long[] places = new long[frames * length];
        for (int i = 0; i < places.length; i++) {
            int place = i / length * hop + i % length - before;
            int mirrored = Math.abs(place);
            places[i] = mirrored < size ? mirrored : 2L * (size - 1) - mirrored;
        }
        return places;
    }

    /** Makes, for each sample of a frame, its cosine and its negative sine at each frequency. */
    private static float[] waves(int length, int frequencies, boolean normalized) {
        double scale = normalized ? 1 / Math.sqrt(length) : 1;
        float[] waves = new float[length * frequencies * 2];
        for (int sample = 0; sample < length; sample++) {
            for (int frequency = 0; frequency < frequencies; frequency++) {
                // The product is reduced first, so that the angle is exact for long frames.
                double angle = 2 * Math.PI * ((long) sample * frequency % length) / length;
                int at = (sample * frequencies + frequency) * 2;
                waves[at] = (float) (Math.cos(angle) * scale);
                waves[at + 1] = (float) (-Math.sin(angle) * scale);
            }
        }
        return waves;
    }
}
