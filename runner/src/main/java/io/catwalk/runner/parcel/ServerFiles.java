package io.catwalk.runner.parcel;

import io.catwalk.runner.trial.ModelSignature;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Writes the configuration of model servers: DJL Serving, and Triton Inference Server. */
final class ServerFiles {

    /** Largest batch of Triton. */
    private static final int MOST_AT_ONCE = 64;

    /** How long Triton waits to fill a batch, in microseconds. */
    private static final int LONGEST_WAIT = 500;

    private ServerFiles() {}

    /** Returns {@code serving.properties}: DJL loads the folder, with tensors as input and output. */
    static String djl() {
        return "# Tensors as model.signature.json says; the classes stand in synset.txt.\nengine=OnnxRuntime\n";
    }

    /** Returns {@code config.pbtxt}: Triton batches images that arrive within half a millisecond. */
    static String triton(ModelSignature signature) {
        boolean any = signature.input().shape().get(0) instanceof String;
        String type = signature.input().type().equals("uint8") ? "TYPE_UINT8" : "TYPE_FP32";
        return String.format(
                        Locale.ROOT,
                        """
                platform: "onnxruntime_onnx"
                max_batch_size: %d
                input [ { name: "%s" data_type: %s dims: [ %s ] } ]
                output [ { name: "%s" data_type: TYPE_FP32 dims: [ %s ] label_filename: "labels.txt" } ]
                """,
                        any ? MOST_AT_ONCE : 0,
                        signature.input().name(),
                        type,
                        sizes(signature.input().shape(), any),
                        signature.output().name(),
                        sizes(signature.output().shape(), any))
                + (any ? "dynamic_batching { max_queue_delay_microseconds: " + LONGEST_WAIT + " }\n" : "");
    }

    /** Leaves out the batch size if Triton chooses it. */
    private static String sizes(List<Object> shape, boolean any) {
        return shape.stream().skip(any ? 1 : 0).map(String::valueOf).collect(Collectors.joining(", "));
    }
}
