package io.catwalk.onnx.zoo;

import java.util.Map;

/** The networks that do not become a file for any size of batch, with words of the message that says so. */
final class Exceptions {
    private Exceptions() {}

    /** What the exporter refuses. */
    static final Map<String, String> REFUSED = Map.ofEntries(
            Map.entry("tricks/data-dependent branch", "data-dependent control flow: getFloat"),
            Map.entry("tricks/computed on the host", "data-dependent control flow: toFloatArray"),
            Map.entry("tricks/noise at inference", "changes from call to call"),
            Map.entry("tricks/matrix inverse", "NDArray.inverse()"),
            Map.entry("any sizes/spectrum", "takes a number that depends on a dynamic axis"),
            // DJL computes with whatever lies in memory behind a weight
            Map.entry("sequence/LSTM both ways square", "computes nonsense because the shapes happen to fit"),
            Map.entry("transformer/Linformer", "let the traced array be the receiver"));

    /** What the exporter refuses for any size of batch, and exports within the bounds that its message asks for. */
    static final Map<String, String> ADVISED = Map.ofEntries(
            // squeezes all axes of one element, the batch among them
            Map.entry("djl layers/BertBlock", "NDArray.squeeze()"),
            Map.entry("djl layers/Bert classifier", "NDArray.squeeze()"),
            Map.entry("djl layers/BertPretraining", "NDArray.squeeze()"),
            Map.entry("djl layers/Bert masked", "NDArray.squeeze()"),
            // throws at some sizes
            Map.entry("djl layers/GhostBatchNorm", "cannot be evenly split"),
            Map.entry("djl zoo/TabNet", "cannot be evenly split"),
            Map.entry("any sizes/U-Net cropped", "Output size is too small"),
            Map.entry("any sizes/CenterNet top", "selected index k out of range"),
            Map.entry("any sizes/neighbors", "selected index k out of range"),
            Map.entry("any sizes/learned positions", "The size of tensor a (75) must match"),
            Map.entry("any sizes/Glow", "is invalid for input of size"));

    /** What DJL itself does not run on PyTorch. */
    static final Map<String, String> NOT_RUN = Map.ofEntries(
            Map.entry("djl zoo/encoder decoder", "has not been implemented yet"),
            Map.entry("djl layers/TransformerEncoder masked", "only support 1 input"),
            // no PReLU, no transposed convolution
            Map.entry("djl layers/Prelu", "Not implemented"),
            Map.entry("djl layers/Conv1dTranspose", "Not implemented"),
            Map.entry("djl layers/Conv2dTranspose", "Not implemented"),
            Map.entry("generative/DCGAN", "Not implemented"),
            // biases of both directions in another order than PyTorch's
            Map.entry("djl layers/LSTM both ways", "must match the size of tensor b"),
            Map.entry("sequence/LSTM both ways", "must match the size of tensor b"),
            Map.entry("sequence/GRU both ways", "must match the size of tensor b"));

    static final Map<Verdict.Outcome, Map<String, String>> ALL = Map.of(
            Verdict.Outcome.REFUSED, REFUSED,
            Verdict.Outcome.AGREES_AS_ADVISED, ADVISED,
            Verdict.Outcome.CANNOT_RUN, NOT_RUN);
}
