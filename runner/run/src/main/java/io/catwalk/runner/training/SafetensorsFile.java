package io.catwalk.runner.training;

import io.catwalk.onnx.runtime.Tensor;
import io.catwalk.onnx.runtime.TensorType;
import io.catwalk.runner.Json;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * Reads the floating point numbers of a safetensors file: the length of a header, the header in JSON, then the numbers
 * (https://huggingface.co/docs/safetensors, "Format").
 */
final class SafetensorsFile {

    private static final int MOST_HEADER = 100_000_000;

    private static final Map<String, TensorType> TYPES = Map.of(
            "F32", TensorType.FLOAT, "F16", TensorType.FLOAT16, "BF16", TensorType.BFLOAT16, "F64", TensorType.DOUBLE);

    private SafetensorsFile() {}

    /** Reads numbers by their names, in the order of the header; whole numbers are left out. */
    static Map<String, Tensor> read(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file)) {
            long size = channel.size();
            long length = size < Long.BYTES ? -1 : read(channel, 0, Long.BYTES).getLong();
            if (length < 0 || length > Math.min(MOST_HEADER, size - Long.BYTES)) {
                throw damaged(file, "a header that fits into its " + size + " bytes", "one of " + length);
            }
            byte[] header = read(channel, Long.BYTES, (int) length).array();
            long start = Long.BYTES + length;
            JsonNode names = Json.JSON.readTree(new String(header, StandardCharsets.UTF_8));
            if (!names.isObject()) {
                throw damaged(file, "a header in JSON with names", "other JSON");
            }
            Map<String, Tensor> tensors = new LinkedHashMap<>();
            for (Map.Entry<String, JsonNode> entry : names.properties()) {
                TensorType type = TYPES.get(entry.getValue().path("dtype").asString(""));
                if (type != null) {
                    tensors.put(entry.getKey(), tensor(file, channel, start, type, entry));
                }
            }
            return tensors;
        } catch (JacksonException e) {
            throw new IOException(
                    file + ": expected a header in JSON, but found something else: is it a safetensors file?", e);
        }
    }

    private static Tensor tensor(
            Path file, FileChannel channel, long start, TensorType type, Map.Entry<String, JsonNode> entry)
            throws IOException {
        long[] shape = entry.getValue()
                .path("shape")
                .valueStream()
                .mapToLong(JsonNode::asLong)
                .toArray();
        long from = entry.getValue().path("data_offsets").path(0).asLong(-1);
        long to = entry.getValue().path("data_offsets").path(1).asLong(-1);
        long room = channel.size() - start;
        if (from < 0 || to < from || to > room || to - from > Integer.MAX_VALUE) {
            throw damaged(file, entry.getKey() + " within " + room + " bytes", from + " to " + to);
        }
        try {
            return Tensor.of(type, read(channel, start + from, (int) (to - from)), shape);
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new IOException(file + ": " + entry.getKey() + ": " + e.getMessage() + ": copy the file again", e);
        }
    }

    /** Reads little-endian bytes; every machine that the engine runs on is little-endian. */
    private static ByteBuffer read(FileChannel channel, long from, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        int count = 0;
        while (bytes.hasRemaining() && count >= 0) {
            count = channel.read(bytes, from + bytes.position());
        }
        return bytes.flip();
    }

    private static IOException damaged(Path file, String expected, String found) {
        return new IOException(
                file + ": expected " + expected + ", but found " + found + ": is it a safetensors file? Copy it again");
    }
}
