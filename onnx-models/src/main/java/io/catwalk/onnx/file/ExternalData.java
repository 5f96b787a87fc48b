package io.catwalk.onnx.file;

import ai.onnx.proto.OnnxMl.TensorProto;
import com.google.protobuf.UnsafeByteOperations;
import io.catwalk.onnx.OnnxFileException;
import io.catwalk.onnx.runtime.TensorType;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Locates the bytes of a tensor that are stored in a file beside the model (ONNX, ExternalData.md). Rejects a path
 * outside the model's folder: a model must not be able to read arbitrary files of the machine.
 *
 * @param file the real path of the data
 */
public record ExternalData(Path file, long offset, long length) {

    /** Key of the path of the data, relative to the folder of the model. */
    public static final String LOCATION = "location";

    private static final int CHUNK = 1 << 20; // a multiple of every element's size
    private static final int LARGEST = Integer.MAX_VALUE - 8; // length of an array, in every JVM

    public static boolean isExternal(TensorProto tensor) {
        return tensor.getDataLocation() == TensorProto.DataLocation.EXTERNAL || tensor.getExternalDataCount() > 0;
    }

    public static String location(TensorProto tensor) {
        return entries(tensor).getOrDefault(LOCATION, "");
    }

    private static Map<String, String> entries(TensorProto tensor) {
        return tensor.getExternalDataList().stream()
                .collect(Collectors.toMap(entry -> entry.getKey(), entry -> entry.getValue(), (first, last) -> last));
    }

    /** Returns a tensor with its external data read into it; a tensor without external data is returned unchanged. */
    public static TensorProto inside(Path model, TensorProto tensor) {
        if (!isExternal(tensor)) {
            return tensor;
        }
        ExternalData data = of(model, tensor);
        if (data.length() > LARGEST) {
            throw wrong(model, tensor, "at most 2 GB to read", data.length() + " bytes", "run the model instead");
        }
        byte[] bytes;
        try (InputStream in = data.open()) {
            bytes = in.readNBytes((int) data.length());
        } catch (IOException e) {
            throw wrong(model, tensor, "readable data in " + data.file(), e.toString(), "check its rights");
        }
        return tensor.toBuilder()
                .clearDataLocation()
                .clearExternalData()
                .setRawData(UnsafeByteOperations.unsafeWrap(bytes))
                .build();
    }

    /**
     * Opens the data at its first byte. A stream goes on if the thread is interrupted; a channel would be closed.
     *
     * @throws IOException if the file cannot be read
     */
    public InputStream open() throws IOException {
        InputStream in = Files.newInputStream(file);
        try {
            in.skipNBytes(offset);
            return in;
        } catch (IOException e) {
            in.close();
            throw e;
        }
    }

    /** Reads the data in chunks, and tells whether any of them meets a condition. */
    public boolean anyMatch(Predicate<ByteBuffer> condition) throws IOException {
        byte[] chunk = new byte[(int) Math.min(CHUNK, length)];
        try (InputStream in = open()) {
            for (long left = length; left > 0; left -= chunk.length) {
                int size = (int) Math.min(chunk.length, left);
                int read = in.readNBytes(chunk, 0, size);
                if (condition.test(ByteBuffer.wrap(chunk, 0, read))) {
                    return true;
                }
                if (read < size) {
                    throw new EOFException("the file was cut off after it was opened");
                }
            }
        }
        return false;
    }

    public static ExternalData of(Path model, TensorProto tensor) {
        Map<String, String> entries = entries(tensor);
        String location = location(tensor);
        try {
            Path folder = model.toRealPath().resolveSibling("");
            Path named = folder.resolve(location).normalize();
            if (location.isEmpty() || Path.of(location).isAbsolute() || !named.startsWith(folder)) {
                throw outside(model, tensor, location);
            }
            if (!Files.isRegularFile(named)) {
                if (Files.isSymbolicLink(model) && Files.isRegularFile(model.resolveSibling(location))) {
                    throw wrong(
                            model,
                            tensor,
                            "a file " + location + " beside " + model.toRealPath() + ", which the model is a link to",
                            "one beside the link alone",
                            "copy both files into one folder (cp -L)");
                }
                throw wrong(model, tensor, "a file " + location, "none", "copy it beside the model");
            }
            Path real = named.toRealPath(); // a link may lead out of the folder
            if (!real.startsWith(folder)) {
                throw outside(model, tensor, location);
            }
            long size = Files.size(real);
            long offset = Long.parseLong(entries.getOrDefault("offset", "0"));
            String stated = entries.get("length");
            long length = stated == null ? needed(tensor, size - offset) : Long.parseLong(stated);
            if (offset < 0 || length < 0 || offset > size - length) {
                throw wrong(
                        model,
                        tensor,
                        length + " bytes from " + offset + " in " + location,
                        "a file of " + size + " bytes",
                        "copy " + location + " again");
            }
            return new ExternalData(real, offset, length);
        } catch (InvalidPathException e) {
            throw outside(model, tensor, location);
        } catch (NumberFormatException e) {
            throw wrong(model, tensor, "whole numbers as offset and length", entries.toString(), "export it again");
        } catch (IOException e) {
            throw wrong(model, tensor, "readable data in " + location, e.toString(), "check its rights");
        }
    }

    /** Returns the number of bytes of a tensor whose length the file does not state: other tensors may follow it. */
    private static long needed(TensorProto tensor, long rest) {
        TensorType type = TensorType.of(tensor.getDataType());
        if (type.bytes() == 0) {
            return rest;
        }
        double elements =
                tensor.getDimsList().stream().mapToDouble(size -> size).reduce(1, (a, b) -> a * b);
        return (long) (elements * type.bytes());
    }

    private static OnnxFileException outside(Path model, TensorProto tensor, String location) {
        return wrong(
                model,
                tensor,
                "external data inside the folder of the model",
                "\"" + location + "\"",
                "do not use a model of unknown origin, or store its weights inside the file");
    }

    private static OnnxFileException wrong(
            Path model, TensorProto tensor, String expected, String found, String remedy) {
        return new OnnxFileException(model, expected, found + " for " + OnnxWeights.name(tensor), remedy);
    }
}
