package io.catwalk.onnx;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.Result;
import ai.onnxruntime.OrtSession.SessionOptions;
import java.lang.reflect.Array;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Runs exported bytes in ONNX Runtime, for comparison. */
final class OrtSession implements AutoCloseable {

    private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
    private final ai.onnxruntime.OrtSession session;

    /** One output, whose numbers are doubles, whatever their type was. */
    record Output(List<Long> shape, List<Double> numbers) {}

    OrtSession(byte[] model) throws OrtException {
        try (SessionOptions options = new SessionOptions()) {
            options.setIntraOpNumThreads(1);
            options.setSessionLogLevel(ai.onnxruntime.OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
            session = environment.createSession(model, options);
        }
    }

    List<Output> run(float[] images, long... shape) throws OrtException {
        try (OnnxTensor tensor = OnnxTensor.createTensor(environment, FloatBuffer.wrap(images), shape)) {
            return run(tensor);
        }
    }

    List<Output> run(OnnxTensor tensor) throws OrtException {
        return run(Map.of("images", tensor));
    }

    /** Runs arrays of the engine, which are the inputs in order. */
    List<Output> run(NDList inputs) throws OrtException {
        Map<String, OnnxTensor> tensors = new LinkedHashMap<>();
        try {
            Iterator<NDArray> arrays = inputs.iterator();
            for (String name : session.getInputNames()) {
                tensors.put(name, tensor(arrays.next()));
            }
            return run(tensors);
        } finally {
            tensors.values().forEach(OnnxTensor::close);
        }
    }

    private OnnxTensor tensor(NDArray array) throws OrtException {
        long[] shape = array.getShape().getShape();
        return switch (array.getDataType()) {
            case INT64 -> OnnxTensor.createTensor(environment, LongBuffer.wrap(array.toLongArray()), shape);
            case INT32 -> OnnxTensor.createTensor(environment, IntBuffer.wrap(array.toIntArray()), shape);
            case FLOAT16 ->
                OnnxTensor.createTensor(
                        environment,
                        array.toByteBuffer().order(ByteOrder.nativeOrder()).asShortBuffer(),
                        shape,
                        OnnxJavaType.FLOAT16);
            case BOOLEAN -> OnnxTensor.createTensor(environment, array.toByteBuffer(), shape, OnnxJavaType.BOOL);
            default -> OnnxTensor.createTensor(environment, FloatBuffer.wrap(array.toFloatArray()), shape);
        };
    }

    private List<Output> run(Map<String, OnnxTensor> tensors) throws OrtException {
        try (Result result = session.run(tensors)) {
            List<Output> outputs = new ArrayList<>();
            for (var entry : result) {
                OnnxTensor output = (OnnxTensor) entry.getValue();
                List<Long> sizes =
                        Arrays.stream(output.getInfo().getShape()).boxed().toList();
                List<Double> numbers = new ArrayList<>();
                flatten(output.getValue(), numbers, output.getInfo().type == OnnxJavaType.UINT8 ? 0xff : -1);
                outputs.add(new Output(sizes, numbers));
            }
            return outputs;
        }
    }

    /** Java has no unsigned bytes: the bits above the eighth are masked. */
    private static void flatten(Object value, List<Double> numbers, int bits) {
        if (value.getClass().isArray()) {
            for (int i = 0; i < Array.getLength(value); i++) {
                flatten(Array.get(value, i), numbers, bits);
            }
        } else if (value instanceof Byte small) {
            numbers.add((double) (small & bits));
        } else {
            numbers.add(value instanceof Boolean bit ? (bit ? 1.0 : 0.0) : ((Number) value).doubleValue());
        }
    }

    ai.onnxruntime.OrtSession raw() {
        return session;
    }

    @Override
    public void close() throws OrtException {
        session.close();
    }
}
