package io.catwalk.onnx.graph;

import java.io.IOException;
import java.io.OutputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The layout of the large tensors of a model in a second file (ONNX, ExternalData.md). Each tensor begins at a multiple
 * of the unit in which operating systems map files into memory.
 *
 * @param location path of the file, relative to the folder of the model
 * @param tensors tensors in the order of the file, each with the offset of its first byte
 */
record DataFile(String location, Map<Initializer, Long> tensors) {

    /** Smaller tensors stay in the model, as with ONNX's own tool: runtimes look there for shapes and scalars. */
    private static final long SMALLEST = 1 << 10;

    private static final long PAGE = 1 << 12;

    /** The unit in which Windows maps files; only large tensors are worth this alignment. */
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
