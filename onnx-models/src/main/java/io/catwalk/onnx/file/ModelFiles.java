package io.catwalk.onnx.file;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import io.catwalk.onnx.OnnxFileException;
import io.catwalk.onnx.runtime.TensorType;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Names, lists and moves the files of a model: {@code NAME.onnx}, the files with its weights if they are stored beside
 * it, {@code NAME.onnx.data} for one that we export, and other files that are named after it.
 */
public final class ModelFiles {

    private ModelFiles() {}

    /** Returns the path of the weights of {@code lstm.onnx}, {@code lstm.onnx.data} beside it, which may not exist. */
    public static Path data(Path model) {
        return model.resolveSibling(model.getFileName() + ".data");
    }

    /** Returns the path of a file that belongs to a model: {@code lstm.signature.json}, which may not exist. */
    public static Path beside(Path model, String ending) {
        return model.resolveSibling(name(model) + ending);
    }

    /** Returns the name of a model: that of its file without the ending. */
    public static String name(Path model) {
        return String.valueOf(model.getFileName()).replaceFirst("\\.onnx$", "");
    }

    /**
     * Lists the files that a model consists of.
     *
     * @return the file itself, and the files in its folder or below it that hold weights of it, such as the one that
     *     {@link #data} returns; those that are missing are left out
     * @throws OnnxFileException if it is not an ONNX file, or is cut off
     */
    public static List<Path> of(Path model) {
        Stream<Path> weights = ModelFields.read(model).model().getGraph().getInitializerList().stream()
                .filter(ExternalData::isExternal)
                .flatMap(tensor -> weights(model, tensor).stream());
        return Stream.concat(Stream.of(model), weights).distinct().toList();
    }

    private static Optional<Path> weights(Path model, TensorProto tensor) {
        try {
            ExternalData found = ExternalData.of(model, tensor); // refuses files outside the folder
            Path beside =
                    model.resolveSibling(Path.of(ExternalData.location(tensor)).normalize());
            return Optional.of(Files.exists(beside) ? beside : found.file()); // the model may be a link
        } catch (OnnxFileException e) {
            return Optional.empty(); // reported when the model is run
        }
    }

    /**
     * Checks that a model is a single file, for callers that use this file alone.
     *
     * @throws OnnxFileException if it has weights in another file, or as {@link #of}
     */
    public static void requireWeightsInside(Path model) {
        ModelFields.read(model).model().getGraph().getInitializerList().stream()
                .filter(ExternalData::isExternal)
                .findFirst()
                .ifPresent(tensor -> {
                    throw new OnnxFileException(
                            model,
                            "a file with its weights inside",
                            "weights in " + ExternalData.location(tensor),
                            "export it without --external-data");
                });
    }

    /** Returns the size of all files of a model, in bytes. */
    public static long size(Path model) throws IOException {
        long size = 0;
        for (Path file : of(model)) {
            size += Files.size(file);
        }
        return size;
    }

    /**
     * Counts the parameters of a model: the numbers of its weights, in floating point or quantized, without scales and
     * zero points.
     */
    public static long parameters(Path model) {
        return ModelFields.read(model).model().getGraph().getInitializerList().stream()
                .filter(tensor -> OnnxWeights.isReal(tensor)
                        ? tensor.getDimsCount() > 0
                        : tensor.getDimsCount() > 1
                                && TensorType.of(tensor.getDataType()).bytes() == 1)
                .mapToLong(tensor -> tensor.getDimsList().stream().reduce(1L, Math::multiplyExact))
                .sum();
    }

    /**
     * Moves a draft of a model to its final path in the same folder: the weights first and the model last, so that a
     * reader never finds a model without its weights. Weights of the replaced model, in the file that {@link #data}
     * returns, are deleted or replaced.
     *
     * @param draft the whole model; it already refers to its weights by their final name
     * @param weights file with its weights; empty if they are inside the model
     * @param file where the model goes, in the same folder
     * @throws IOException if a file cannot be moved; an older model is then unchanged, but its weights may be replaced
     *     already
     */
    public static void publish(Path draft, Optional<Path> weights, Path file) throws IOException {
        boolean unused = weights.isEmpty() && hasData(file);
        if (weights.isPresent()) {
            move(weights.get(), data(file));
        }
        move(draft, file);
        if (unused) {
            Files.deleteIfExists(data(file));
        }
    }

    /**
     * Renames a model, and the file of its weights accordingly. Does nothing if it has that path already.
     *
     * @param from a model that {@code OnnxExport} wrote
     * @param to its new path, in the same folder; an existing file is replaced
     * @throws OnnxFileException if it is not an ONNX file, or is cut off
     */
    public static void rename(Path from, Path to) throws IOException {
        if (from.toAbsolutePath().normalize().equals(to.toAbsolutePath().normalize())) {
            return;
        }
        ModelProto model = ModelFields.read(from).model();
        if (!names(model, data(from))) {
            publish(from, Optional.empty(), to);
            return;
        }
        Path draft = to.resolveSibling(to.getFileName() + ".part");
        try {
            Files.write(draft, naming(model, data(to)).toByteArray());
            publish(draft, Optional.of(data(from)), to);
        } finally {
            Files.deleteIfExists(draft);
        }
        Files.delete(from);
    }

    /**
     * Copies a model, and the file of its weights, if it has one.
     *
     * @param to path of the copy; an existing file is replaced
     * @throws OnnxFileException if its weights are in several files, it is not an ONNX file, or is cut off
     */
    public static void copy(Path from, Path to) throws IOException {
        List<Path> files = of(from);
        if (files.size() > 2) {
            throw new OnnxFileException(
                    from,
                    "its weights inside it or in one file",
                    (files.size() - 1) + " files of weights",
                    "store them in one");
        }
        Path draft = to.resolveSibling(to.getFileName() + ".part");
        Path weights = to.resolveSibling(data(to).getFileName() + ".part");
        try {
            if (files.size() == 1) {
                Files.copy(from, draft, StandardCopyOption.REPLACE_EXISTING);
                publish(draft, Optional.empty(), to);
            } else {
                Files.copy(files.get(1), weights, StandardCopyOption.REPLACE_EXISTING);
                Files.write(
                        draft, naming(ModelFields.read(from).model(), data(to)).toByteArray());
                publish(draft, Optional.of(weights), to);
            }
        } finally {
            Files.deleteIfExists(draft);
            Files.deleteIfExists(weights);
        }
    }

    private static boolean hasData(Path model) {
        try {
            return of(model).contains(data(model));
        } catch (OnnxFileException e) {
            return false; // the weights of an unreadable file are not known
        }
    }

    private static boolean names(ModelProto model, Path data) {
        return model.getGraph().getInitializerList().stream()
                .anyMatch(tensor -> ExternalData.isExternal(tensor)
                        && ExternalData.location(tensor).equals(String.valueOf(data.getFileName())));
    }

    private static ModelProto naming(ModelProto model, Path data) {
        GraphProto.Builder graph = model.getGraph().toBuilder();
        for (TensorProto.Builder tensor : graph.getInitializerBuilderList()) {
            tensor.getExternalDataBuilderList().stream()
                    .filter(entry -> entry.getKey().equals(ExternalData.LOCATION))
                    .forEach(entry -> entry.setValue(String.valueOf(data.getFileName())));
        }
        return model.toBuilder().setGraph(graph).build();
    }

    private static void move(Path from, Path to) throws IOException {
        try (FileChannel channel = FileChannel.open(from, StandardOpenOption.WRITE)) {
            channel.force(true);
        }
        Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
