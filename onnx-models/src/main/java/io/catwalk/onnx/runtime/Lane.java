package io.catwalk.onnx.runtime;

import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.platform.Fp16Conversions;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Holds the native memory of one run at a time: direct buffers for a limited number of images, and tensors that are
 * views of them. Only one thread may use a lane at a time.
 */
final class Lane implements AutoCloseable {

    private final OrtEnvironment environment;
    private final Signature signature;
    private final Pixels pixels;
    private final int capacity;
    private final ByteBuffer input;
    private final ByteBuffer output;
    private @Nullable Binding binding;

    /** Tensors for one batch size, in the maps that a run takes. */
    private record Binding(int count, Map<String, OnnxTensor> inputs, Map<String, OnnxTensor> outputs) {
        void close() {
            inputs.values().forEach(OnnxTensor::close);
            outputs.values().forEach(OnnxTensor::close);
        }
    }

    Lane(OrtEnvironment environment, Signature signature, Pixels pixels, int capacity) {
        this.environment = environment;
        this.signature = signature;
        this.pixels = pixels;
        this.capacity = capacity;
        input = direct((long) capacity * signature.imageSize() * pixels.bytes());
        output = direct(
                (long) capacity * signature.classes() * signature.scores().bytes());
    }

    int capacity() {
        return capacity;
    }

    /** Writes some images to the beginning of a batch. */
    interface Images {
        void write(Pixels pixels, int from, int length, int end, ByteBuffer input);
    }

    /**
     * Computes the logits of {@code count} images in one run of {@code batch} images; the rest of the batch is zero.
     */
    void run(OrtSession session, Images images, float[] logits, int first, int count, int batch) throws OrtException {
        Binding tensors = bind(batch);
        int size = signature.imageSize();
        images.write(pixels, first * size, count * size, batch * size, input);
        session.run(tensors.inputs(), Set.of(), tensors.outputs()).close(); // the lane keeps its tensors
        int from = first * signature.classes();
        int length = count * signature.classes();
        if (signature.scores() == TensorType.FLOAT) {
            output.asFloatBuffer().get(0, logits, from, length);
        } else {
            for (int i = 0; i < length; i++) {
                logits[from + i] = Fp16Conversions.fp16ToFloat(output.getShort(i * Short.BYTES));
            }
        }
    }

    private Binding bind(int count) throws OrtException {
        if (binding != null && binding.count() == count) {
            return binding;
        }
        close();
        ByteBuffer imageBytes =
                input.slice(0, count * signature.imageSize() * pixels.bytes()).order(ByteOrder.nativeOrder());
        OnnxTensor images = OnnxTensor.createTensor(environment, imageBytes, signature.shape(count), pixels.type());
        try {
            OnnxTensor logits = OnnxTensor.createTensor(
                    environment,
                    output.slice(
                                    0,
                                    count
                                            * signature.classes()
                                            * signature.scores().bytes())
                            .order(ByteOrder.nativeOrder()),
                    new long[] {count, signature.classes()},
                    OnnxJavaType.valueOf(signature.scores().name()));
            binding = new Binding(count, Map.of(signature.input(), images), Map.of(signature.output(), logits));
            return binding;
        } catch (OrtException | RuntimeException e) {
            images.close();
            throw e;
        }
    }

    private static ByteBuffer direct(long bytes) {
        if (bytes > Integer.MAX_VALUE - Long.BYTES) {
            throw new IllegalArgumentException(
                    "a batch must be below 2 GiB, but has " + bytes + " bytes; use a smaller one");
        }
        return ByteBuffer.allocateDirect((int) bytes).order(ByteOrder.nativeOrder());
    }

    @Override
    public void close() {
        if (binding != null) {
            binding.close();
            binding = null;
        }
    }
}
