package io.catwalk.onnx.runtime;

import ai.onnxruntime.platform.Fp16Conversions;
import io.catwalk.onnx.runtime.ImageInput.Layout;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Writes images in the type and the layout of a file. Images are given as (count, channels, height, width). */
final class Pixels {

    /** Far above the rounding error of float32, and far below the fraction of a pixel that was never a whole number. */
    private static final double LARGEST_FRACTION = 0.05;

    private static final int WHITE = 255;

    private final TensorType type;
    private final ChannelOrder order;
    private final float @Nullable [][] table; // what each byte becomes in each channel
    private final double[] scale; // per channel, as is shift: pixel = value * scale + shift
    private final double[] shift;

    /** Prepares for a file; without known preprocessing, a file of bytes gets pixels from 0 to 255 unchanged. */
    Pixels(Signature signature, Optional<Preprocessing> preprocessing) {
        type = switch (signature.pixels()) {
            case FLOAT32 -> TensorType.FLOAT;
            case FLOAT16 -> TensorType.FLOAT16;
            case UINT8 -> TensorType.UINT8;
        };
        order = new ChannelOrder(
                signature.channels(),
                signature.height() * signature.width(),
                signature.channels() == 1 || signature.layout() == Layout.NCHW);
        table = preprocessing.map(known -> known.normalization().table()).orElse(null);
        scale = new double[signature.channels()];
        shift = new double[signature.channels()];
        Arrays.fill(scale, 1);
        preprocessing.ifPresent(known -> {
            Arrays.setAll(scale, channel -> known.std().get(channel) * WHITE);
            Arrays.setAll(shift, channel -> known.mean().get(channel) * WHITE);
        });
    }

    /** Returns the type of the tensor. */
    TensorType type() {
        return type;
    }

    /**
     * Writes {@code length} normalized pixels of {@code images}, starting at {@code from}, to the beginning of
     * {@code input}, and zeros up to {@code end}. For a file that normalizes pixels itself, undoes the normalization.
     */
    void write(float[] images, int from, int length, int end, ByteBuffer input) {
        if (order.isKept() && type == TensorType.FLOAT) {
            input.asFloatBuffer().put(0, images, from, length);
        } else {
            order.each(length, (channel, source, target, step) -> {
                for (int i = from + source, to = target; i < from + source + order.plane(); i++, to += step) {
                    if (type == TensorType.UINT8) {
                        input.put(to, whole(images[i] * scale[channel] + shift[channel], i));
                    } else {
                        put(input, to, images[i]);
                    }
                }
            });
        }
        blank(input, length, end);
    }

    /**
     * Writes pixels from 0 to 255 in the same way, and normalizes them if the file does not do that itself.
     *
     * @throws IllegalStateException if it is not known how they are normalized
     */
    void write(byte[] images, int from, int length, int end, ByteBuffer input) {
        if (type != TensorType.UINT8) {
            float[][] normalized = table;
            if (normalized == null) {
                throw new IllegalStateException("expected a file whose metadata says how pixels are normalized, found "
                        + "none; normalize the images and call logits(float[], int)");
            }
            order.each(length, (channel, source, target, step) -> {
                for (int i = from + source, to = target; i < from + source + order.plane(); i++, to += step) {
                    put(input, to, normalized[channel][images[i] & 0xff]);
                }
            });
        } else if (order.isKept()) {
            input.put(0, images, from, length);
        } else {
            order.each(length, (channel, source, target, step) -> {
                for (int i = from + source, to = target; i < from + source + order.plane(); i++, to += step) {
                    input.put(to, images[i]);
                }
            });
        }
        blank(input, length, end);
    }

    private void put(ByteBuffer input, int index, float number) {
        if (type == TensorType.FLOAT16) {
            input.putShort(index * Short.BYTES, Fp16Conversions.floatToFp16(number));
        } else {
            input.putFloat(index * Float.BYTES, number);
        }
    }

    private static byte whole(double pixel, int index) {
        double nearest = Math.rint(pixel);
        if (!(nearest >= 0 && nearest <= WHITE && Math.abs(pixel - nearest) <= LARGEST_FRACTION)) {
            throw new IllegalArgumentException("the file takes whole pixels from 0 to 255, but number " + index
                    + " of the images is pixel " + pixel + "; normalize the images as its metadata says");
        }
        return (byte) (int) nearest;
    }

    /** Writes zeros where there are no more images. */
    private void blank(ByteBuffer input, int from, int end) {
        for (int i = from * type.bytes(); i < end * type.bytes(); i++) {
            input.put(i, (byte) 0);
        }
    }

    /**
     * Where the numbers of images of (count, channels, height, width) go in a file: in their order, or those of all
     * channels of a pixel together.
     *
     * @param plane number of pixels of a channel
     */
    private record ChannelOrder(int channels, int plane, boolean isKept) {

        /** Receives each channel of an image. */
        interface Plane {
            /**
             * Gets one channel.
             *
             * @param source index of its first number in the given images
             * @param target the same in the layout of the file
             * @param step distance from one number to the next in the layout of the file
             */
            void at(int channel, int source, int target, int step);
        }

        /** Iterates over the channels of the first {@code length} numbers. */
        void each(int length, Plane write) {
            for (int source = 0; source < length; source += plane) {
                int channel = source / plane % channels;
                write.at(channel, source, isKept ? source : source - channel * plane + channel, isKept ? 1 : channels);
            }
        }
    }
}
