package io.catwalk.onnx;

import ai.djl.ndarray.NDList;
import io.catwalk.onnx.file.ModelFiles;
import io.catwalk.onnx.graph.Model;
import io.catwalk.onnx.graph.OnnxSerializer;
import io.catwalk.onnx.graph.Value;
import io.catwalk.onnx.parity.Proof;
import io.catwalk.onnx.parity.ProofReport;
import io.catwalk.onnx.runtime.OnnxRuntime;
import io.catwalk.onnx.runtime.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Requests a proof of an export.
 *
 * @param samples the inputs to run, each with one tensor per input, in order
 */
record ProofRequest(Proof proof, List<List<Tensor>> samples) {

    /** Copies the arrays, which may be closed afterwards. */
    static ProofRequest of(List<OnnxInput> inputs, List<NDList> samples, double tolerance) {
        OnnxRuntime.require();
        if (samples.isEmpty()) {
            throw new IllegalArgumentException("expected at least one sample, found none");
        }
        for (NDList sample : samples) {
            if (sample.size() != inputs.size()) {
                throw new IllegalArgumentException("expected samples of " + inputs.size() + " array(s), for "
                        + inputs.stream().map(OnnxInput::name).toList() + ", found one of " + sample.size());
            }
        }
        // A batch size that the network does not accept says nothing about the file.
        List<Integer> batches = Proof.standard().batches().stream()
                .filter(size -> batchAxes(inputs).stream().allMatch(axis -> axis.takes(size)))
                .toList();
        return new ProofRequest(
                Proof.standard().withShare(tolerance).withBatches(batches),
                samples.stream()
                        .map(sample -> sample.stream().map(DjlTensors::of).toList())
                        .toList());
    }

    /** Lists the axes along which {@link Proof} may cut samples. */
    private static List<Axis.Dynamic> batchAxes(List<OnnxInput> inputs) {
        List<Axis.Dynamic> named = new ArrayList<>();
        List<Axis.Dynamic> first = new ArrayList<>();
        for (OnnxInput input : inputs) {
            for (int i = 0; i < input.axes().size(); i++) {
                if (input.axes().get(i) instanceof Axis.Dynamic axis) {
                    if (axis.name().equals(Axis.BATCH.name())) {
                        named.add(axis);
                    } else if (i == 0) {
                        first.add(axis);
                    }
                }
            }
        }
        return named.isEmpty() ? first : named;
    }

    /** Runs the proof. */
    ProofReport report(BlockNetwork network, Model model, boolean beside) {
        List<Map<String, Tensor>> named = new ArrayList<>();
        List<Value> inputs = model.graph().inputs();
        for (List<Tensor> sample : samples) {
            Map<String, Tensor> arrays = new LinkedHashMap<>();
            for (int i = 0; i < sample.size(); i++) {
                arrays.put(inputs.get(i).name(), sample.get(i));
            }
            named.add(arrays);
        }
        try {
            return beside
                    ? reportOnFiles(network, model, named)
                    : proof.run(network, OnnxSerializer.bytes(model), named);
        } catch (OnnxFileException e) {
            throw new ExportException("ONNX Runtime cannot open the exported model: " + e.getMessage(), e);
        } catch (IOException e) {
            throw new ExportException(
                    "cannot write the temporary files of the proof: " + e + "; make room on the disk", e);
        }
    }

    private ProofReport reportOnFiles(BlockNetwork network, Model model, List<Map<String, Tensor>> named)
            throws IOException {
        Path folder = Files.createTempDirectory("catwalk-proof");
        Path file = folder.resolve("model.onnx");
        try {
            ExportRequest.write(model, true, file);
            return proof.run(network, file, named);
        } finally {
            Files.deleteIfExists(file);
            Files.deleteIfExists(ModelFiles.data(file));
            Files.delete(folder);
        }
    }

    /** Runs the proof, and returns the model with the result in its metadata. */
    Model proven(BlockNetwork network, Model model, boolean beside) {
        ProofReport report = report(network, model, beside);
        if (!report.agrees()) {
            throw new ExportException("the exported model does not answer like the network: " + report.sentence()
                    + "; nothing is written: raise the tolerance if that is close enough, or see what differs with"
                    + " prove");
        }
        SortedMap<String, String> entries = new TreeMap<>(model.metadata());
        entries.putAll(report.entries());
        return new Model(model.graph(), model.opset(), entries);
    }
}
