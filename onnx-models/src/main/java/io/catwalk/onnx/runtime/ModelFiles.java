package io.catwalk.onnx.runtime;

import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import io.catwalk.onnx.OnnxFileException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;

/**
 * Knows the files of a model: {@code NAME.onnx}, its weights in {@code NAME.onnx.data} if they lie beside it, and what else
 * is named after it.
 */
public final class ModelFiles {

    private ModelFiles() {}

    /**
     * Says where the weights of a model lie if they are not in it.
     *
     * @param model such as {@code lstm.onnx}
     * @return {@code lstm.onnx.data} beside it, which may be there or not
     */
    public static Path data(Path model) {
        return model.resolveSibling(model.getFileName() + ".data");
    }

    /**
     * Names a file that belongs to a model.
     *
     * @param model such as {@code lstm.onnx}
     * @param ending such as {@code .signature.json}
     * @return {@code lstm.signature.json} beside it, which may be there or not
     */
    public static Path beside(Path model, String ending) {
        return model.resolveSibling(name(model) + ending);
    }

    /**
     * Names a model as its file does.
     *
     * @param model such as {@code lstm.onnx}
     * @return {@code lstm}
     */
    public static String name(Path model) {
        return String.valueOf(model.getFileName()).replaceFirst("\\.onnx$", "");
    }

    /**
     * Lists the files that a model is.
     *
     * @param model an ONNX file
     * @return the file itself, and the one that {@link #data} names if it has weights there
     * @throws OnnxFileException if it is not an ONNX file, or is cut off
     */
    public static List<Path> of(Path model) {
        Path data = data(model);
        return Files.exists(data) && names(ModelFields.read(model).model(), data)
                ? List.of(model, data)
                : List.of(model);
    }

    /**
     * Refuses a model that is not one file, for whoever takes the file alone.
     *
     * @param model an ONNX file
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

    /**
     * Counts the bytes of the files that a model is.
     *
     * @param model an ONNX file
     * @return its size with that of the weights beside it
     * @throws IOException if a file is not there
     * @throws OnnxFileException as {@link #of}
     */
    public static long size(Path model) throws IOException {
        long size = 0;
        for (Path file : of(model)) {
            size += Files.size(file);
        }
        return size;
    }

    /**
     * Puts a model into its place that was written beside it: its weights first, the model last, so that a reader finds
     * no model without weights. The weights of the model that it replaces are deleted if they were in the file that
     * {@link #data} names.
     *
     * @param draft the whole model, which names the weights as they will be called
     * @param weights that belong to it; empty if they are inside
     * @param file where the model goes, in the same folder
     * @throws IOException if something cannot be moved; a model that was there is then as it was, but perhaps not
     *     its weights
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
     * Gives a model another name, and its weights the one that belongs to it.
     *
     * @param from a model of {@code OnnxExport}
     * @param to where it goes, in the same folder; one that is there is replaced
     * @throws IOException as {@link #publish}
     * @throws OnnxFileException if it is not an ONNX file, or is cut off
     */
    public static void rename(Path from, Path to) throws IOException {
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

    private static boolean hasData(Path model) {
        try {
            return of(model).contains(data(model));
        } catch (OnnxFileException e) {
            return false; // what cannot be read has no weights that we know of
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
