package io.catwalk.onnx.fuzz;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import ai.onnx.proto.OnnxMl;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.LongStream;

/**
 * Keeps programs for other readers, each in a folder of the form of ONNX's backend tests: the file, what it was asked,
 * and what the engine answered. {@code check_fuzzed.py} reads them.
 *
 * @param folder where to, a folder for each program
 */
record KeptPrograms(Path folder) {

    void keep(long seed, byte[] model, NDList inputs, NDList outputs) throws IOException {
        Path program = folder.resolve(Long.toString(seed));
        Path data = Files.createDirectories(program.resolve("test_data_set_0"));
        Files.write(program.resolve("model.onnx"), model);
        write(data, "input", inputs);
        write(data, "output", outputs);
    }

    private static void write(Path data, String kind, NDList arrays) throws IOException {
        for (int i = 0; i < arrays.size(); i++) {
            Files.write(
                    data.resolve(kind + "_" + i + ".pb"), tensor(arrays.get(i)).toByteArray());
        }
    }

    private static OnnxMl.TensorProto tensor(NDArray array) {
        return OnnxMl.TensorProto.newBuilder()
                .addAllDims(LongStream.of(array.getShape().getShape()).boxed().toList())
                .setDataType(type(array.getDataType()).getNumber())
                .setRawData(ByteString.copyFrom(array.toByteBuffer()))
                .build();
    }

    private static OnnxMl.TensorProto.DataType type(DataType type) {
        return switch (type) {
            case FLOAT32 -> OnnxMl.TensorProto.DataType.FLOAT;
            case FLOAT64 -> OnnxMl.TensorProto.DataType.DOUBLE;
            case BOOLEAN -> OnnxMl.TensorProto.DataType.BOOL;
            default -> OnnxMl.TensorProto.DataType.valueOf(type.name());
        };
    }
}
