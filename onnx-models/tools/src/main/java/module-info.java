/** ONNX files in 8 bits, and where two files or two runtimes differ. */
@SuppressWarnings({"requires-automatic", "requires-transitive-automatic"})
module io.catwalk.onnx.tools {
    requires transitive io.catwalk.onnx;
    requires transitive org.tribuo.util.onnx; // what another runtime is given is a ModelProto
    requires com.google.protobuf;
    requires com.microsoft.onnxruntime;
    requires static transitive org.jspecify;

    exports io.catwalk.onnx.diff;
    exports io.catwalk.onnx.quantize;
}
