package io.catwalk.onnx.runtime;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.platform.Fp16Conversions;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Writes images in the type and the layout of a file. Images are given as (count, channels, height, width). */
sealed interface Pixels {

    /** Returns the type of the tensor. */
    OnnxJavaType type();

    /** Returns the size of one number of the tensor, in bytes. */
    int bytes();

    /**
     * Writes {@code length} normalized pixels of {@code images}, starting at {@code from}, to the beginning of
     * {@code input}, and zeros up to {@code end}.
     */
    void write(float[] images, int from, int length, int end, ByteBuffer input);

    /**
     * Writes pixels from 0 to 255 in the same way, and normalizes them if the file does not do that itself.
     *
     * @throws IllegalStateException if it is not known how they are normalized
     */
    void write(byte[] images, int from, int length, int end, ByteBuffer input);

    static Pixels of(Signature signature, OnnxMetadata metadata) {
        return switch (signature.pixels()) {
            case FLOAT32, FLOAT16 -> new Floats(signature, metadata.preprocessing());
            case UINT8 -> new UInt8(signature, metadata.preprocessing());
        };
    }

    /** Writes zeros where there are no more images. */
    private static void blank(ByteBuffer input, int from, int end) {
        for (int i = from; i < end; i++) {
            input.put(i, (byte) 0);
        }
    }

    /** Writes normalized pixels unchanged, and converts those from 0 to 255 with a table of 256 values per channel. */
    final class Floats implements Pixels {

        private final boolean half;
        private final Planes planes;
        private final float @Nullable [][] table;

        Floats(Signature signature, Optional<Preprocessing> preprocessing) {
            half = signature.pixels() == Signature.PixelType.FLOAT16;
            planes = new Planes(signature);
            table = preprocessing
                    .filter(known -> known.channels() == signature.channels())
                    .map(known -> known.normalization().table())
                    .orElse(null);
        }

        @Override
        public OnnxJavaType type() {
            return half ? OnnxJavaType.FLOAT16 : OnnxJavaType.FLOAT;
        }

        @Override
        public int bytes() {
            return half ? Short.BYTES : Float.BYTES;
        }

        private void put(ByteBuffer input, int index, float number) {
            if (half) {
                input.putShort(index * Short.BYTES, Fp16Conversions.floatToFp16(number));
            } else {
                input.putFloat(index * Float.BYTES, number);
            }
        }

        @Override
        public void write(float[] images, int from, int length, int end, ByteBuffer input) {
            if (planes.inOrder() && !half) {
                input.asFloatBuffer().put(0, images, from, length);
            } else {
                planes.each(length, (channel, source, target, step) -> {
                    for (int i = 0; i < planes.size(); i++) {
                        put(input, target + i * step, images[from + source + i]);
                    }
                });
            }
            blank(input, length * bytes(), end * bytes());
        }

        @Override
        public void write(byte[] images, int from, int length, int end, ByteBuffer input) {
            if (table == null) {
                throw new IllegalStateException("expected a file whose metadata says how pixels are normalized, found "
                        + "none; normalize the images and call logits(float[], int)");
            }
            planes.each(length, (channel, source, target, step) -> {
                float[] normalized = table[channel];
                for (int i = 0; i < planes.size(); i++) {
                    put(input, target + i * step, normalized[images[from + source + i] & 0xff]);
                }
            });
            blank(input, length * bytes(), end * bytes());
        }
    }

    /**
     * Writes pixels from 0 to 255 unchanged, and undoes the normalization of normalized pixels, because the file
     * normalizes them itself. Without known preprocessing, images must be pixels from 0 to 255.
     */
    final class UInt8 implements Pixels {

        /**
         * Far above the rounding error of float32, and far below the fraction of a pixel that was never a whole number.
         */
        private static final double LARGEST_FRACTION = 0.05;

        private final Planes planes;
        private final double[] scale; // per channel, as is shift: pixel = value * scale + shift
        private final double[] shift;

        UInt8(Signature signature, Optional<Preprocessing> preprocessing) {
            planes = new Planes(signature);
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
            planes.each(length, (channel, source, target, step) -> {
                for (int i = 0; i < planes.size(); i++) {
                    int index = from + source + i;
                    input.put(target + i * step, whole(images[index] * scale[channel] + shift[channel], index));
                }
            });
            blank(input, length, end);
        }

        @Override
        public void write(byte[] images, int from, int length, int end, ByteBuffer input) {
            if (planes.inOrder()) {
                input.put(0, images, from, length);
            } else {
                planes.each(length, (channel, source, target, step) -> {
                    for (int i = 0; i < planes.size(); i++) {
                        input.put(target + i * step, images[from + source + i]);
                    }
                });
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

    /**
     * Iterates over images of (count, channels, height, width) channel by channel, and tells where the numbers of each
     * channel go in the layout of a file: one after the other, or interleaved with the other channels.
     */
    final class Planes {

        private final Layout layout;
        private final int channels;
        private final int size;

        /** Receives each channel of an image. */
        interface Write {
            /**
             * Writes one plane.
             *
             * @param source index of its first number in the given images
             * @param target index of its first number in the layout of the file
             * @param step distance from one number to the next in the layout of the file
             */
            void plane(int channel, int source, int target, int step);
        }

        Planes(Signature signature) {
            layout = signature.layout();
            channels = signature.channels();
            size = signature.height() * signature.width();
        }

        /** Returns how many numbers a channel of an image has. */
        int size() {
            return size;
        }

        /** Tells whether the file takes images in the order in which they are given. */
        boolean inOrder() {
            return channels == 1 || layout == Layout.NCHW;
        }

        /** Iterates over the channels of the first {@code length} numbers. */
        void each(int length, Write write) {
            int step = inOrder() ? 1 : channels;
            for (int source = 0; source < length; source += size) {
                int channel = source / size % channels;
                int image = source - channel * size;
                write.plane(channel, source, image + layout.index(channel, 0, channels, size), step);
            }
        }
    }
}
