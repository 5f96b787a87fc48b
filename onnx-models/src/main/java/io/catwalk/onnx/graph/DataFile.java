package io.catwalk.onnx.graph;

import java.io.IOException;
import java.io.OutputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Lays the large tensors of a model out in a file beside it (ONNX, ExternalData.md). Each begins at a multiple of what
 * systems map into memory.
 *
 * @param location of the file, from the folder of the model
 * @param tensors in the order of the file, each with its first byte
 */
record DataFile(String location, Map<Initializer, Long> tensors) {

    /** Tensors of fewer bytes stay in the model, as with ONNX's own tool: readers look at shapes and scalars there. */
    private static final long SMALLEST = 1 << 10;

    private static final long PAGE = 1 << 12;

    /** Windows maps from here on only, which large tensors are worth. */
    private static final long GRANULE = 1 << 16;

    private static final long LARGE = 1 << 20;

    static DataFile of(String location, List<Initializer> initializers) {
        Map<Initializer, Long> tensors = new LinkedHashMap<>();
        long end = 0;
        for (Initializer initializer : initializers) {
            long size = initializer.size();
            if (size >= SMALLEST) {
                long unit = size >= LARGE ? GRANULE : PAGE;
                long offset = (end + unit - 1) / unit * unit;
                tensors.put(initializer, offset);
                end = offset + size;
            }
        }
        return new DataFile(location, tensors);
    }

    /** Writes the file, one tensor after the other. */
    void writeTo(OutputStream stream) throws IOException {
        long at = 0;
        for (Map.Entry<Initializer, Long> tensor : tensors.entrySet()) {
            stream.write(new byte[Math.toIntExact(tensor.getValue() - at)]);
            tensor.getKey().writeTo(stream::write);
            at = tensor.getValue() + tensor.getKey().size();
        }
    }
}
