package io.catwalk.onnx.runtime;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import io.catwalk.onnx.FloatFormat;
import io.catwalk.onnx.OnnxFileException;
import io.catwalk.onnx.file.ExternalData;
import io.catwalk.onnx.file.ModelFile;
import io.catwalk.onnx.file.Tensors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Describes a file that was found to be an image classifier.
 *
 * @param signature its input and output
 * @param scores whether it returns logits or probabilities
 * @param metadata metadata of the file
 * @param operators names of the operators in its graph
 */
record Classifier(Signature signature, Scores scores, OnnxMetadata metadata, SortedSet<String> operators) {

    private static final Map<DataType, FloatFormat> FORMATS = new EnumMap<>(Map.of(
            DataType.FLOAT16, FloatFormat.FLOAT16,
            DataType.BFLOAT16, FloatFormat.BFLOAT16,
            DataType.FLOAT, FloatFormat.FLOAT32,
            DataType.DOUBLE, FloatFormat.FLOAT64));

    /**
     * Checks that a file is an image classifier, and describes it.
     *
     * @param hints what the file does not say itself
     * @throws OnnxFileException if it is not an image classifier, contradicts itself, or has NaN among its weights
     */
    static Classifier of(ModelFile model, OnnxHints hints) {
        Path file = model.file();
        OnnxMetadata metadata = OnnxMetadata.of(file, model.metadata());
        Signature signature = Signature.of(file, model.inputs(), model.outputs(), metadata.preprocessing(), hints);
        checkAgree(file, signature, metadata, hints);
        Tensors.visit(model.content(), tensor -> checkNumbers(file, tensor));
        Scores scores = Scores.of(model.content().getGraph(), signature.output());
        return new Classifier(
                signature, scores, metadata, Operators.of(model.content().getGraph()));
    }

    private static void checkNumbers(Path file, TensorProto tensor) {
        FloatFormat format = FORMATS.get(DataType.forNumber(tensor.getDataType()));
        if (format != null && isNanIn(file, tensor, format)) {
            throw new OnnxFileException(
                    file,
                    "numbers as weights",
                    "NaN in " + Tensors.name(tensor),
                    "train again with a lower learning rate and export the result");
        }
    }

    private static boolean isNanIn(Path file, TensorProto tensor, FloatFormat format) {
        if (!ExternalData.isExternal(tensor)) {
            return format.isNanIn(tensor.getRawData().asReadOnlyByteBuffer())
                    || tensor.getFloatDataList().stream().anyMatch(value -> value.isNaN())
                    || tensor.getDoubleDataList().stream().anyMatch(value -> value.isNaN())
                    || tensor.getInt32DataList().stream().anyMatch(format::isNan); // of numbers of 16 bits
        }
        ExternalData data = ExternalData.of(file, tensor);
        try {
            return data.anyMatch(format::isNanIn);
        } catch (IOException e) {
            throw new OnnxFileException(
                    file, "readable weights in " + data.file(), e.toString(), "check the rights of that file", e);
        }
    }

    private static void checkAgree(Path file, Signature signature, OnnxMetadata metadata, OnnxHints hints) {
        metadata.labels().ifPresent(labels -> {
            if (labels.size() != signature.classes()) {
                throw new OnnxFileException(
                        file,
                        signature.classes() + " labels, as many as logits",
                        labels.size() + " in its metadata",
                        "correct the entry " + MetadataKeys.LABELS);
            }
        });
        metadata.preprocessing().ifPresent(image -> {
            int channels = image.channels();
            boolean sameSize = image.height() == signature.height() && image.width() == signature.width();
            boolean chosen = hints.height() == signature.height() && hints.width() == signature.width();
            if (channels != signature.channels() || !(sameSize || chosen)) {
                throw new OnnxFileException(
                        file,
                        "preprocessing for its input of " + signature.channels() + " x " + signature.height() + " x "
                                + signature.width(),
                        channels + " x " + image.height() + " x " + image.width() + " in its metadata",
                        "correct the entries preprocessing.*");
            }
        });
    }

    /** Lists the operators in a graph. */
    private static final class Operators {

        private Operators() {}

        /** Returns their names, sorted, including those in the graphs inside loops and conditions. */
        static SortedSet<String> of(GraphProto graph) {
            SortedSet<String> names = new TreeSet<>();
            add(graph, names);
            return Collections.unmodifiableSortedSet(names);
        }

        private static void add(GraphProto graph, SortedSet<String> names) {
            for (NodeProto node : graph.getNodeList()) {
                names.add(node.getOpType());
                for (AttributeProto attribute : node.getAttributeList()) {
                    if (attribute.hasG()) {
                        add(attribute.getG(), names);
                    }
                    attribute.getGraphsList().forEach(within -> add(within, names));
                }
            }
        }
    }
}
