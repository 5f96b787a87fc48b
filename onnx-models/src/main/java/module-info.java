/** DJL networks as ONNX files: export, run, prove, extend. */
@SuppressWarnings({"requires-automatic", "requires-transitive-automatic", "module"})
module io.catwalk.onnx {
    requires transitive ai.djl.api;
    requires org.tribuo.util.onnx;
    requires com.google.protobuf;
    requires static com.microsoft.onnxruntime; // an export needs none (ADR 28)
    requires static transitive org.jspecify;

    exports io.catwalk.onnx;
    exports io.catwalk.onnx.compose;
    exports io.catwalk.onnx.extension;
    exports io.catwalk.onnx.parity;
    exports io.catwalk.onnx.runtime;
    exports io.catwalk.onnx.file to
            io.catwalk.onnx.tools,
            io.catwalk.testkit;
    exports io.catwalk.onnx.graph to
            io.catwalk.onnx.tools;

    uses io.catwalk.onnx.extension.OnnxOperation;
}
