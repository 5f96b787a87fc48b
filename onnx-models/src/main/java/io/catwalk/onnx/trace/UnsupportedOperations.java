package io.catwalk.onnx.trace;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.types.DataType;
import io.catwalk.onnx.extension.OnnxOperation;
import java.lang.reflect.Method;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Error messages for operations that have no ONNX form or that the engine lacks, with an alternative that works. */
final class UnsupportedOperations {

    /** Types that DJL names, but its PyTorch engine does not support. */
    private static final Set<DataType> TYPES = Set.of(
            DataType.BFLOAT16, DataType.INT16, DataType.UINT16, DataType.UINT32, DataType.UINT64, DataType.UNKNOWN);

    private static final String OWN_ROW = ", or add a row of your own: implement " + OnnxOperation.class.getName();

    private static final String RECURRENT =
            "if the block has both directions and biases, DJL hands PyTorch its parameters"
                    + " in an order that mixes biases and weights up: use optHasBiases(false), or two recurrent blocks, one on a"
                    + " flipped sequence, and concatenate";

    private static final String SHAPE_OF_DATA = "the shape of its result depends on the data, which ONNX cannot hold: ";
    private static final String COMPLEX = "keep the real and the imaginary part in two arrays";

    private static final Map<String, String> WAYS = Map.ofEntries(
            Map.entry(
                    "NDArrayEx.multiBoxDetection",
                    "which boxes it suppresses depends on their numbers: return the predictions and the anchors from"
                            + " forward, and run the detection in the program that runs the file"),
            Map.entry("NDArrayEx.multiBoxTarget", "it makes the targets of the loss: call it outside of forward"),
            Map.entry("NDArrayEx.deconvolution", "enlarge with interpolation, then use a convolution"),
            Map.entry("NDArrayEx.prelu", "use Activation.leakyRelu, or x.maximum(0).add(x.minimum(0).mul(alpha))"),
            Map.entry("NDArray.unique", SHAPE_OF_DATA + "sort, and compare neighbors"),
            Map.entry("NDArray.nonzero", SHAPE_OF_DATA + "multiply by the mask, or use where"),
            Map.entry(
                    "NDArray.sequenceMask",
                    "multiply by manager.arange(length).lt(lengths.expandDims(1)), followed by .expandDims(-1) for each"
                            + " axis after that of the sequence"),
            Map.entry("NDArray.tile", "use tile(long[])"),
            Map.entry("NDArray.oneHot", "use oneHot(depth).mul(on - off).add(off)"),
            Map.entry("NDArray.toSparse", "leave it out: files hold dense arrays"),
            Map.entry("NDArray.getGradient", "gradients belong to training: call it outside of forward"),
            Map.entry("NDArray.real", COMPLEX),
            Map.entry("NDArray.conj", COMPLEX),
            Map.entry("NDArrayEx.rdivi", "use rdiv"),
            Map.entry("NDArrayEx.rmodi", "use rmod"),
            Map.entry("NDArrayEx.rpowi", "use rpow"),
            Map.entry("NDArray.batchDot", "use batchMatMul"),
            Map.entry("NDArray.trace", "sum the diagonal, or x.mul(eye).sum(axes)"),
            Map.entry("NDArray.asinh", "use x.sign().mul(x.abs().add(x.square().add(1).sqrt()).log())"),
            Map.entry("NDArray.acosh", "use x.add(x.square().sub(1).sqrt()).log()"),
            Map.entry("NDArray.atanh", "use x.add(1).div(NDArrays.sub(1, x)).log().div(2)"),
            Map.entry(
                    "NDArray.inverse",
                    "ONNX cannot invert a matrix that depends on the input: invert it in the program that runs the file"
                            + " and pass it as an input, write its formula if it has two rows"));

    private static final Map<String, String> FAMILIES = Map.of(
            "NDArrayEx\\.random.*", "augment images before they reach the network: call it outside of forward",
            "NDArrayEx\\..*Update", "it trains weights: call it outside of forward");

    private UnsupportedOperations() {}

    /** Returns the message for a primitive that has no row. Running it shows whether the engine has it at all. */
    static String primitive(MethodSignature signature, Method method, Tracer.Computation<Throwable> trial) {
        String way = signature.isOfComplexNumbers() ? ComplexNumbers.WAY : way(signature.method());
        return isImplemented(method, trial)
                ? signature.text() + " has no ONNX form here: " + way + OWN_ROW
                : "the engine itself does not implement " + signature.text() + ": " + way;
    }

    private static String way(String method) {
        return FAMILIES.entrySet().stream()
                .filter(family -> method.matches(family.getKey()))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElseGet(() -> WAYS.getOrDefault(method, "use other operations"));
    }

    private static boolean isImplemented(Method method, Tracer.Computation<Throwable> trial) {
        if (method.getReturnType() != NDArray.class && method.getReturnType() != NDList.class) {
            return true;
        }
        try {
            trial.run();
            return true;
        } catch (UnsupportedOperationException e) {
            return false;
        } catch (Throwable e) { // it exists, but does not accept these arguments
            return true;
        }
    }

    /** Returns why an array of a type cannot be created; empty if it can. */
    static Optional<String> type(DataType type) {
        return TYPES.contains(type)
                ? Optional.of("the engine has no " + type + ", and creating one crashes the whole process: use FLOAT32,"
                        + " FLOAT16 or INT32")
                : Optional.empty();
    }

    /** Returns advice for a failure of the engine, after a semicolon; empty for most primitives. */
    static String afterFailure(String signature) {
        return signature.matches("NDArrayEx\\.(rnn|gru|lstm)\\(.*") ? "; " + RECURRENT : "";
    }
}
