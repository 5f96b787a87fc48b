package io.catwalk.onnx.runtime;

import ai.onnxruntime.OnnxJavaType;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/** Writes normalized pixels in the type that a file takes. */
sealed interface Pixels {

    /** Returns the type of the tensor. */
    OnnxJavaType type();

    /** Returns the bytes of a pixel. */
    int bytes();

    /**
     * Writes {@code length} numbers of {@code images} from {@code from} on to the beginning of
     * {@code input}, and zeros up to {@code end}.
     */
    void write(float[] images, int from, int length, int end, ByteBuffer input);

    static Pixels of(Signature signature, OnnxMetadata metadata) {
        return switch (signature.pixels()) {
            case FLOAT32 ->
                signature.layout() == Layout.NCHW || signature.channels() == 1
                        ? new Float32()
                        : new ChannelsLast(signature.channels(), signature.height() * signature.width());
            case UINT8 -> new UInt8(signature, metadata.preprocessing());
        };
    }

    /** Writes zeros where there are no more images. */
    private static void blank(ByteBuffer input, int from, int end) {
        for (int i = from; i < end; i++) {
            input.put(i, (byte) 0);
        }
    }

    /** Writes numbers as they are. */
    record Float32() implements Pixels {

        @Override
        public OnnxJavaType type() {
            return OnnxJavaType.FLOAT;
        }

        @Override
        public int bytes() {
            return Float.BYTES;
        }

        @Override
        public void write(float[] images, int from, int length, int end, ByteBuffer input) {
            input.asFloatBuffer().put(0, images, from, length);
            blank(input, length * Float.BYTES, end * Float.BYTES);
        }
    }

    /**
     * Writes numbers as they are, the channels of a pixel side by side.
     *
     * @param channels of an image
     * @param plane pixels of a channel
     */
    record ChannelsLast(int channels, int plane) implements Pixels {

        @Override
        public OnnxJavaType type() {
            return OnnxJavaType.FLOAT;
        }

        @Override
        public int bytes() {
            return Float.BYTES;
        }

        @Override
        public void write(float[] images, int from, int length, int end, ByteBuffer input) {
            int size = channels * plane;
            for (int i = 0; i < length; i++) {
                int place = i - i % size + Layout.NHWC.index(i / plane % channels, i % plane, channels, plane);
                input.putFloat(place * Float.BYTES, images[from + i]);
            }
            blank(input, length * Float.BYTES, end * Float.BYTES);
        }
    }

    /**
     * Takes the normalization back, because the file does it itself, and writes pixels from 0 to 255.
     * Without known preprocessing, images are taken for pixels already.
     */
    final class UInt8 implements Pixels {

        /** Far more than rounding of float32 costs, and far less than a pixel that was never whole. */
        private static final double LARGEST_FRACTION = 0.05;

        private final Layout layout;
        private final int plane;
        private final double[] scale; // per channel, as is shift: pixel = value * scale + shift
        private final double[] shift;

        UInt8(Signature signature, Optional<Preprocessing> preprocessing) {
            layout = signature.layout();
            plane = signature.height() * signature.width();
            scale = new double[signature.channels()];
            shift = new double[signature.channels()];
            Arrays.fill(scale, 1);
            preprocessing.ifPresent(known -> {
                Arrays.setAll(scale, channel -> known.std().get(channel) * 255);
                Arrays.setAll(shift, channel -> known.mean().get(channel) * 255);
            });
        }

        @Override
        public OnnxJavaType type() {
            return OnnxJavaType.UINT8;
        }

        @Override
        public int bytes() {
            return 1;
        }

        @Override
        public void write(float[] images, int from, int length, int end, ByteBuffer input) {
            int size = scale.length * plane;
            for (int i = 0; i < length; i++) {
                int channel = i / plane % scale.length;
                int place = i - i % size + layout.index(channel, i % plane, scale.length, plane);
                input.put(place, whole(images[from + i] * scale[channel] + shift[channel], from + i));
            }
            blank(input, length, end);
        }

        private static byte whole(double pixel, int index) {
            double nearest = Math.rint(pixel);
            if (!(nearest >= 0 && nearest <= 255 && Math.abs(pixel - nearest) <= LARGEST_FRACTION)) {
                throw new IllegalArgumentException("the file takes whole pixels from 0 to 255, but number " + index
                        + " of the images is pixel " + pixel + "; normalize the images as its metadata says");
            }
            return (byte) (int) nearest;
        }
    }
}
